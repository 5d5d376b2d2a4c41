import type { User, UserRole } from '@session-queue/core';

/** What somebody may do: `actions/action.ts` says what takes which role. */
export type Role = UserRole;

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
export function accountOf({ name, role }: User): Account {
  return { name, role };
}
