import { createHash } from 'node:crypto';
import { hashPassword, type KnownUser, type User } from '@session-queue/core';

/**
 * Users whose passwords stand in the settings, as if they came from a file of hashes. The salt is derived from installation and name:
 * replicas agree, and a restart ends no session.
 */
export async function hashPlainUsers(users: readonly User[], prefix: string): Promise<KnownUser[]> {
  const known: KnownUser[] = [];
  for (const { name, password, role } of users) {
    const salt = createHash('sha256').update(`session-queue dashboard\n${prefix}\n${name}`).digest().subarray(0, 16);
    known.push({ name, role, hash: await hashPassword(password, salt) });
  }
  return known;
}
