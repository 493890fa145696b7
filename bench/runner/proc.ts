import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Clock ticks per second on every Linux that Node runs on. */
const ticks = 100;

const numbersOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** User and system seconds of a process, all its threads; 0 where there is no /proc. */
export const cpuSecondsOf = (pid: number): number => {
  const stat = numbersOf(`/proc/${pid}/stat`);
  if (stat === undefined) return 0;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
};

/** Seconds that all cores together were busy, whoever made them so; undefined where there is no /proc. */
export const machineCpuSeconds = (): number | undefined => {
  const line = numbersOf("/proc/stat")?.split("\n")[0];
  if (line === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / ticks;
};

/** Calls of write(2) and its kin that a process has made; sendmsg(2), which Go's netpoll uses, is not among them. */
export const writesOf = (pid: number): number | undefined => {
  const count = /^syscw: (\d+)$/m.exec(numbersOf(`/proc/${pid}/io`) ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
};

/** Memory in use, in MB. */
export const rssOf = (pid: number): number | undefined => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(numbersOf(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1000);
};

/** The socket statistics of iproute2. */
const ss = ["/usr/bin/ss", "/bin/ss", "/usr/sbin/ss", "/sbin/ss"].find(existsSync);

/**
 * Segments with data that the sockets of one side have sent. On loopback a segment holds up to 64 KiB, so that this is the number of writes of
 * programs whose writes the kernel does not count.
 */
export const segmentsSentTo = (port: number, side: "server" | "client"): number | undefined => {
  if (ss === undefined) return undefined;
  const filter = `( ${side === "server" ? "sport" : "dport"} = :${port} )`;
  const { stdout, status } = spawnSync(ss, ["-tinH", "state", "established", filter], { encoding: "utf8" });
  if (status !== 0) return undefined;
  return [...stdout.matchAll(/\bdata_segs_out:(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
};
