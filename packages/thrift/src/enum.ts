/** The values of a generated enum object. Open: peers with a newer IDL send numbers that have no name here, and those survive. */
export type OpenEnum<E extends Readonly<Record<string, number>>> = E[keyof E] | (number & NonNullable<unknown>);

/** The name of `value` in a generated enum object, or undefined for a number without one; the first when several share it. */
export const enumName = <E extends Readonly<Record<string, number>>>(
  enumObject: E,
  value: number,
): (keyof E & string) | undefined => Object.keys(enumObject).find((name) => enumObject[name] === value);
