import { prepareJudges } from "../apache/support/prepare.ts";

export const setup = (): Promise<void> => prepareJudges();
