import { doorsOf } from "../../tools/tsup.ts";

export default doorsOf(import.meta.dirname);
