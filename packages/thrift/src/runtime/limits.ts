/** How deep values may be nested, the outermost struct counting as one: Kitex' limit for what it skips. */
export const MAX_DEPTH = 64;
