import { commonSettings, port, type User, usersSetting } from '@session-queue/core';
import { z } from 'zod';
import { isLoopback } from './http/loopback.ts';

/** Settings that decide who can reach the dashboard. */
const exposure: ReadonlySet<unknown> = new Set(['DASHBOARD_HOST', 'DASHBOARD_USERS']);

/** What the dashboard reads from the environment. */
export const dashboardSettings = z
  .object({
    ...commonSettings,
    DASHBOARD_PORT: port().default(3030),
    /** Nothing is told when absent. */
    METRICS_PORT: port().optional(),
    DASHBOARD_HOST: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be a host name or an address')
      .optional(),
    DASHBOARD_USERS: usersSetting,
  })
  .refine(({ DASHBOARD_HOST: host, DASHBOARD_USERS: users }) => mayListen(host, users), {
    path: ['DASHBOARD_HOST'],
    error: 'must be 127.0.0.1 while DASHBOARD_USERS is not set: without users nobody signs in',
    // Also when other settings are wrong: all are named at once.
    when: ({ issues }) => !issues.some(({ path }) => exposure.has(path?.[0])),
  });

export type DashboardSettings = z.infer<typeof dashboardSettings>;

/** Where to listen: every address with users, loopback only without. `undefined` means all. */
export function listenHost({ DASHBOARD_HOST: host, DASHBOARD_USERS: users }: DashboardSettings): string | undefined {
  return host ?? (users.length > 0 ? undefined : '127.0.0.1');
}

function mayListen(host: string | undefined, users: readonly User[]): boolean {
  return users.length > 0 || host === undefined || isLoopback(host);
}
