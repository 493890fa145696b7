/** Thrown by compiled code on any value that does not fit; which one and why is found out afterwards, see `encodeError`. */
export class Unfit extends Error {}

export const unfit = (): never => {
  throw new Unfit("unfit value");
};
