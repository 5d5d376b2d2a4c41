import { readFileSync } from 'node:fs';

/** The most memory that a process of this machine ever held resident, in bytes (Linux). */
export function peakMemory(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no VmHWM of process ${pid}`);
  return Number(kilobytes) * 1024;
}
