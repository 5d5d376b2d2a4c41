import { setTimeout as sleep } from 'node:timers/promises';
import { openThings } from './open-things.ts';

// Jest's own globals, read when leakGuard is called: importing @jest/globals would bind this package to Jest.
declare function beforeAll(hook: () => void): void;
declare function afterAll(hook: () => Promise<void>, timeoutMs?: number): void;

/** What keeps a process alive when it is forgotten. Node's names; unref'ed ones are not listed by Node. */
const watchedResources = ['Timeout', 'TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'ProcessWrap', 'Worker', 'UDPWrap'];

export interface LeakGuardOptions {
  /** How long sockets and timers may take to go away after the last hook (2,000). */
  settleMs?: number;
}

/**
 * Call it once at the top of a test file: the file fails when, after all its tests and hooks, more timers, sockets,
 * servers or child processes are alive than at its start, or a Redis or proxy of this package still runs.
 * Forgotten ioredis clients show as sockets, or as timers while they reconnect.
 */
export function leakGuard(options: LeakGuardOptions = {}): void {
  const { settleMs = 2_000 } = options;
  let before = new Map<string, number>();
  beforeAll(() => {
    before = countResources();
  });
  // Jest runs the afterAll hooks in the order of their definition. A microtask runs after the whole test file has
  // been read, so this hook is the last one, and sees what the file's own hooks have left.
  queueMicrotask(() => {
    afterAll(() => expectNothingLeft(before, settleMs), settleMs + 5_000);
  });
}

async function expectNothingLeft(before: ReadonlyMap<string, number>, settleMs: number): Promise<void> {
  const giveUpAt = Date.now() + settleMs;
  // A plain loop: a timer of the wait's own would be counted.
  for (;;) {
    const left = findLeaks(before);
    if (left.length === 0) return;
    if (Date.now() >= giveUpAt) throw new Error(`this test file leaves running: ${left.join(', ')}`);
    await sleep(20);
  }
}

/** Names what is alive now and was not before. */
export function findLeaks(before: ReadonlyMap<string, number>): string[] {
  const now = countResources();
  const grown = watchedResources.flatMap((type) => {
    const more = (now.get(type) ?? 0) - (before.get(type) ?? 0);
    return more > 0 ? [`${more} x ${type}`] : [];
  });
  return [...openThings(), ...grown];
}

export function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
