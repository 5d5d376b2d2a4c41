import type { User } from '@session-queue/core';

/** What somebody may do: viewers read, admins also pause, resume and retry. */
export type Role = 'viewer' | 'admin';

/** Somebody who is using the dashboard. */
export interface Account {
  readonly name: string;
  readonly role: Role;
}

/**
 * Everyone, when no users are set and only this machine can connect. An admin, since the producer trusts the same
 * people to delete sessions.
 */
export const localAccount: Account = { name: 'local', role: 'admin' };

/** The account of somebody who may sign in. */
export function accountOf({ name, admin }: User): Account {
  return { name, role: admin ? 'admin' : 'viewer' };
}
