import { userRoles } from '@session-queue/core';
import type { Account, Role } from '../accounts/account.ts';

/** Who may do what, at least: for pages, routes and Bull Board's hooks alike. Everybody who signs in may read. */
export const leastRoles = {
  hold: 'operator',
  release: 'operator',
  approve: 'admin',
  revoke: 'operator',
  cancel: 'operator',
  retry: 'operator',
  select: 'operator',
  'cancel-selection': 'operator',
  'delete-selection': 'operator',
  pause: 'operator',
  resume: 'operator',
  'disable-rule': 'operator',
  /** A rule may delete by itself. */
  'enable-rule': 'admin',
  'place-hold': 'operator',
  /** What it kept may be deleted then. */
  'lift-hold': 'admin',
  'stop-lane': 'admin',
  'start-lane': 'admin',
  'stop-kind': 'admin',
  'start-kind': 'admin',
  /** Version, system and memory of the machine that Redis runs on, in Bull Board. */
  'see-redis': 'admin',
} as const satisfies Record<string, Role>;

export type Right = keyof typeof leastRoles;

export function may({ role }: Pick<Account, 'role'>, right: Right): boolean {
  return userRoles.indexOf(role) >= userRoles.indexOf(leastRoles[right]);
}

/** Whom to ask, for somebody who may not. */
export function refusalOf({ role }: Pick<Account, 'role'>, right: Right): string {
  const least = leastRoles[right];
  return `This needs the role ${least}, and yours is ${role}: ask ${least === 'admin' ? 'an admin' : 'an operator or an admin'}.`;
}
