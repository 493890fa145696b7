import { readFileSync } from "node:fs";

/** Clock ticks per second on every Linux that Node runs on. */
const TICKS = 100;

/** User and system seconds that a process has used; 0 where there is no /proc. `taskset` becomes the program, so the pid is the program's. */
export const cpuSecondsOf = (pid: number | undefined): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
};
