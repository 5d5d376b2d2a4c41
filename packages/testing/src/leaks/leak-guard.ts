import { setTimeout as sleep } from 'node:timers/promises';
import { openThings } from './open-things.ts';
import { watchTimers } from './timers.ts';

// Jest's own globals, read when leakGuard is called: importing @jest/globals would bind this package to Jest.
declare function beforeAll(hook: () => void): void;
declare function afterAll(hook: () => Promise<void>, timeoutMs?: number): void;

/** What keeps a process alive when it is forgotten, by Node's names. Node lists no unref'ed ones. */
const watchedResources = ['TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'ProcessWrap', 'Worker', 'UDPWrap'];

const lookEveryMs = 20;

export interface LeakGuardOptions {
  /** How long sockets and timers may take to go away after the last hook (4,000: ioredis's own timer at a disconnect is of 2,000). */
  settleMs?: number;
}

/**
 * Call it once at the top of a test file: the file fails when, after all its tests and hooks, more sockets, servers or
 * child processes are alive than at its start, a timer still waits, or a Redis or proxy of this package still runs.
 * Forgotten ioredis clients show as sockets, or as timers while they reconnect.
 */
export function leakGuard(options: LeakGuardOptions = {}): void {
  const { settleMs = 4_000 } = options;
  const timers = watchTimers();
  let before = countResources();
  beforeAll(() => {
    before = countResources();
  });
  // Jest runs the afterAll hooks in the order of their definition. A microtask runs after the whole test file has
  // been read, so this hook is the last one, and sees what the file's own hooks have left.
  queueMicrotask(() => {
    afterAll(async () => {
      const findLeaks = (): string[] => [
        ...openThings(),
        ...grownResources(before),
        ...timers.alive().map((place) => `a timer set at ${place}`),
      ];
      await expectNothingLeft(findLeaks, settleMs);
    }, settleMs + 20_000);
  });
}

async function expectNothingLeft(findLeaks: () => string[], settleMs: number): Promise<void> {
  // By looks and not by the clock: a process that was not run for seconds has had no time for its timers either.
  for (let looks = Math.ceil(settleMs / lookEveryMs); ; looks -= 1) {
    // Before the first look too: a connection that was only just asked for does not show yet.
    await sleep(lookEveryMs);
    const left = findLeaks();
    if (left.length === 0) return;
    if (looks <= 0) throw new Error(`this test file leaves running: ${left.join(', ')}`);
  }
}

function grownResources(before: ReadonlyMap<string, number>): string[] {
  const now = countResources();
  return watchedResources.flatMap((type) => {
    const more = (now.get(type) ?? 0) - (before.get(type) ?? 0);
    return more > 0 ? [`${more} x ${type}`] : [];
  });
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
