import { readFileSync } from 'node:fs';
import { commonSettings, parseUserList, port, usersSetting } from '@session-queue/core';
import { z } from 'zod';
import { isLoopback } from './http/loopback.ts';
import { oidcFaults, oidcSettings } from './sign-in/oidc-settings.ts';
import type { UserFileContent } from './sign-in/user-file.ts';

/** Settings that decide whether people sign in. */
const exposure = ['DASHBOARD_USERS', 'DASHBOARD_USERS_FILE', 'DASHBOARD_OIDC_ISSUER'] as const;

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
    /** The file's content, once read. */
    DASHBOARD_USERS_FILE: z.string().transform(readUserFile).optional(),
    /** For trying things out: the passwords themselves. */
    DASHBOARD_USERS: usersSetting,
    ...oidcSettings,
  })
  .superRefine(
    (settings, context) => {
      const broken = new Set<unknown>(context.issues.map(({ path }) => path?.[0]));
      for (const { name, fault } of faultsTogether(settings, broken)) {
        if (!broken.has(name)) context.addIssue({ code: 'custom', path: [name], message: fault });
      }
    },
    // Also when some settings are wrong: all are named at once.
    { when: () => true },
  );

export type DashboardSettings = z.infer<typeof dashboardSettings>;

/** Where to listen: every address where people sign in, loopback only without. `undefined` means all. */
export function listenHost(settings: DashboardSettings): string | undefined {
  return settings.DASHBOARD_HOST ?? (asksForSignIn(settings) ? undefined : '127.0.0.1');
}

/** Whether people sign in. An empty file of users asks for that, and lets nobody in. */
export function asksForSignIn(settings: Partial<DashboardSettings>): boolean {
  const { DASHBOARD_USERS: users = [], DASHBOARD_USERS_FILE: file, DASHBOARD_OIDC_ISSUER: issuer } = settings;
  return users.length > 0 || file !== undefined || issuer !== undefined;
}

/** What is wrong with settings that may be incomplete: what is wrong by itself is told of already. */
function faultsTogether(
  settings: Partial<DashboardSettings>,
  broken: ReadonlySet<unknown>,
): { name: string; fault: string }[] {
  const { DASHBOARD_HOST: host, DASHBOARD_USERS: users = [], DASHBOARD_USERS_FILE: file } = settings;
  const faults: { name: string; fault: string }[] = oidcFaults(settings);
  if (file !== undefined && users.length > 0) {
    faults.push({ name: 'DASHBOARD_USERS', fault: 'cannot be set together with DASHBOARD_USERS_FILE: keep the file' });
  }
  const isUndecided = exposure.some((name) => broken.has(name));
  if (!isUndecided && !asksForSignIn(settings) && host !== undefined && !isLoopback(host)) {
    const fault =
      'must be 127.0.0.1 while DASHBOARD_USERS_FILE, DASHBOARD_OIDC_ISSUER and DASHBOARD_USERS are not set: nobody signs in';
    faults.push({ name: 'DASHBOARD_HOST', fault });
  }
  return faults;
}

function readUserFile(path: string, context: z.RefinementCtx): UserFileContent {
  try {
    const text = readFileSync(path, 'utf8');
    const { users, faults } = parseUserList(text);
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return { path, text, users };
  } catch {
    context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
    return { path, text: '', users: [] };
  }
}
