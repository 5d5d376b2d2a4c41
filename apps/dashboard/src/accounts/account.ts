import { randomBytes } from 'node:crypto';
import type { UserRole } from '@session-queue/core';

/** What somebody may do; `actions/least-roles.ts` says which role what needs. */
export type Role = UserRole;

/** Somebody who is using the dashboard. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** Stands in every form of theirs, and belongs to one session: another site cannot know it. */
  readonly formToken: string;
}

/**
 * Everyone, when no users are set and only this machine can connect. An admin, since the producer trusts the same
 * people to delete sessions. The token is this process's own: forms of before a restart are to be opened again.
 */
export const localAccount: Account = {
  name: 'local',
  role: 'admin',
  formToken: randomBytes(32).toString('base64url'),
};
