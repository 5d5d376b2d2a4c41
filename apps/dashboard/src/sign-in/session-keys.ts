import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { User } from '@session-queue/core';

const derive = promisify<string, string, number, { N: number; maxmem: number }, Buffer>(scrypt);

const keyBytes = 32;
/** About 60 ms and 32 MB a user, once: somebody who stole a cookie pays that for each password guessed from it. */
const cost = { N: 2 ** 15, maxmem: 64 * 1024 * 1024 };

/**
 * A signing key for each user, derived from the password: replicas agree without sharing anything, sessions outlive a
 * restart, and a new password ends the sessions that were opened with the old one.
 */
export async function deriveSessionKeys(users: readonly User[], salt: string): Promise<ReadonlyMap<string, Buffer>> {
  const keys = new Map<string, Buffer>();
  for (const user of users) {
    keys.set(user.name, await derive(user.password, `session-queue dashboard\n${salt}\n${user.name}`, keyBytes, cost));
  }
  return keys;
}
