interface MessageType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}
export const bench: { readonly Simple: MessageType; readonly Rich: MessageType };
