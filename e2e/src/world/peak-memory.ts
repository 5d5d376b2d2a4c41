import { readFileSync } from 'node:fs';

/** The most memory that a living process ever held, in MB, by Linux's own count. */
export function peakMemoryMb(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(found?.[1] ?? 0) / 1_024;
}
