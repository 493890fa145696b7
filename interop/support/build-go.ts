import { build } from "../build.ts";

export const setup = (): Promise<void> => build("kitex");
