/** One encoded resource and the name clients know it by. */
export interface Resource {
  readonly name: string;
  readonly bytes: Uint8Array;
}
