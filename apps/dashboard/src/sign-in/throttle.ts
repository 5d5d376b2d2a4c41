import { isIPv6 } from 'node:net';
import { duration } from '../pages/wording.ts';

/** Failures in a row that cost nothing: people mistype. */
const freeFailures = { perName: 5, perAddress: 20 };
/** The wait doubles from one second up to this; nobody is locked out for longer by somebody else's guesses. */
const longestWaitMs = 60_000;
/** Failures are forgotten this long after the last one. */
const memoryMs = 15 * 60_000;
/** Entries kept; the oldest goes first, so that many addresses cannot fill the memory. */
const mostEntries = 10_000;

interface Failures {
  count: number;
  lastAt: number;
}

/**
 * Slows guessing down: after some failures in a row each further attempt has to wait, by address and name together and
 * by address alone; who comes from an issuer gives no name, and is counted by address. Kept by each process for itself: strangers then make no work for Redis, which everything else waits for, and n replicas
 * let n times as many guesses through, still one a minute each.
 */
export class SignInThrottle {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How long until an attempt is looked at, in milliseconds; 0 for at once. */
  waitMs(address: string, name?: string): number {
    const forName = name === undefined ? 0 : this.#wait(nameKey(address, name), freeFailures.perName);
    return Math.max(forName, this.#wait(addressKey(address), freeFailures.perAddress));
  }

  /** Counts an attempt, before it is known whether it fails. */
  failed(address: string, name?: string): void {
    if (name !== undefined) this.#count(nameKey(address, name));
    this.#count(addressKey(address));
  }

  /** It has not. Forgives this name, and of the address the one attempt: one good account must not buy guesses at the others. */
  succeeded(address: string, name?: string): void {
    if (name !== undefined) this.#failures.delete(nameKey(address, name));
    const ofAddress = this.#failures.get(addressKey(address));
    if (ofAddress !== undefined) ofAddress.count -= 1;
  }

  #wait(key: string, free: number): number {
    const failures = this.#recent(key);
    if (failures === undefined || failures.count < free) return 0;
    const pause = Math.min(longestWaitMs, 1_000 * 2 ** Math.min(failures.count - free, 16));
    return Math.max(0, failures.lastAt + pause - this.#now());
  }

  #count(key: string): void {
    const count = (this.#recent(key)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: this.#now() });
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > mostEntries && !oldest.done) this.#failures.delete(oldest.value);
  }

  #recent(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    return failures !== undefined && this.#now() - failures.lastAt < memoryMs ? failures : undefined;
  }
}

/** What somebody is told who has to wait so many ms. */
export function tooManyWords(waitMs: number): string {
  return `Too many failed attempts. Try again in ${duration(Math.max(1_000, waitMs))}.`;
}

function nameKey(address: string, name: string): string {
  return `${addressKey(address)} ${name}`;
}

/** A home or an office has a whole /64 of IPv6 addresses. */
function addressKey(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':');
  const missing = Math.max(0, 8 - before.length - tail.split(':').length);
  return [...before, ...Array<string>(missing).fill('0'), ...tail.split(':')].slice(0, 4).join(':');
}
