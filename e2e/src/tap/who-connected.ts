import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The system's tables change while they are read, and may miss one. */
const looks = 3;

/** A TCP connection on loopback, by the ports of its client and its server: one port may serve several clients, each to another server. */
export interface PortPair {
  from: number;
  to: number;
}

/**
 * Which of some processes is the client of a TCP connection, by Linux's own tables. All workers must share one address of Learnosity (it is
 * a part of a consumer's identity), so its ports are all there is to tell them apart.
 */
export function whoConnected(connection: PortPair, processes: readonly { name: string; pid: number }[]): string {
  for (let n = 0; n < looks; n += 1) {
    const socket = `socket:[${inodeOf(connection)}]`;
    const found = processes.find(({ pid }) => openFilesOf(pid).includes(socket));
    if (found !== undefined) return found.name;
  }
  return 'unknown';
}

function inodeOf({ from, to }: PortPair): string {
  const [own, other] = [onLoopback(from), onLoopback(to)];
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const { 1: local, 2: remote, 9: inode } = line.trim().split(/\s+/);
    if (local === own && remote === other && inode !== undefined && inode !== '0') return inode;
  }
  return 'none';
}

/** 127.0.0.1 and a port, as the tables write them. */
function onLoopback(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
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
