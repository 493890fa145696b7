/** What the method Payload answers, on every server: byte i is i modulo 251. */
export const payloadOf = (size: number): Buffer => {
  const payload = Buffer.alloc(size);
  for (let i = 0; i < size; i++) payload[i] = i % 251;
  return payload;
};
