import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The system's tables change while they are read, and may miss one. */
const looks = 3;

/**
 * Which of some processes has a TCP connection from a local port, by Linux's own tables. All workers must share one address of
 * Learnosity (it is a part of a consumer's identity), so a connection's port is all there is to tell them apart.
 */
export function whoHasPort(port: number, processes: readonly { name: string; pid: number }[]): string {
  for (let n = 0; n < looks; n += 1) {
    const socket = `socket:[${inodeOf(port)}]`;
    const found = processes.find(({ pid }) => openFilesOf(pid).includes(socket));
    if (found !== undefined) return found.name;
  }
  return 'unknown';
}

function inodeOf(port: number): string {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] === wanted && fields[9] !== undefined && fields[9] !== '0') return fields[9];
  }
  return 'none';
}

function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((file) => readlinkOrNothing(`${folder}/${file}`));
  } catch {
    // It has ended.
    return [];
  }
}

function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
