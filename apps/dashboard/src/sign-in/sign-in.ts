import type { KnownUser, RedisConnection } from '@session-queue/core';
import type { Logger } from 'pino';
import type { DashboardSettings } from '../settings.ts';
import { Issuer } from './issuer.ts';
import { Passwords } from './passwords.ts';
import { hashPlainUsers } from './plain-users.ts';
import { Sessions } from './sessions.ts';
import type { SignInOptions } from './sign-in-routes.ts';
import { SignInThrottle } from './throttle.ts';
import { UserFile } from './user-file.ts';

/** How people sign in, as the settings say, and what is to be stopped at the end. */
export interface SignIn extends Omit<SignInOptions, 'audit' | 'attempted'> {
  userFile: UserFile | undefined;
}

export async function signInBy(settings: DashboardSettings, redis: RedisConnection, logger: Logger): Promise<SignIn> {
  const { DASHBOARD_USERS_FILE: file, DASHBOARD_USERS: plain, REDIS_PREFIX: prefix } = settings;
  const userFile = file === undefined ? undefined : new UserFile(file, logger);
  const fixed = await hashPlainUsers(plain, prefix);
  const users = (): readonly KnownUser[] => userFile?.users ?? fixed;
  const passwords = userFile === undefined && fixed.length === 0 ? undefined : new Passwords(users);
  const issuer = issuerOf(settings);
  const findUser = (name: string) => passwords?.find(name);
  const sessions = new Sessions({ redis, prefix, findUser, hasIssuer: issuer !== undefined });
  return { passwords, issuer, sessions, throttle: new SignInThrottle(), userFile };
}

function issuerOf(settings: DashboardSettings): Issuer | undefined {
  const {
    DASHBOARD_OIDC_ISSUER: issuer,
    DASHBOARD_OIDC_CLIENT_ID: clientId,
    DASHBOARD_OIDC_CLIENT_SECRET: clientSecret,
    DASHBOARD_URL: ownUrl,
  } = settings;
  // The settings have seen to it that all three are there, or none.
  if (issuer === undefined || clientId === undefined || ownUrl === undefined) return undefined;
  return new Issuer({
    issuer,
    clientId,
    clientSecret,
    ownUrl,
    scope: settings.DASHBOARD_OIDC_SCOPE,
    roleClaim: settings.DASHBOARD_OIDC_ROLE_CLAIM,
    nameClaim: settings.DASHBOARD_OIDC_NAME_CLAIM,
    roleValues: {
      viewer: settings.DASHBOARD_OIDC_VIEWER,
      operator: settings.DASHBOARD_OIDC_OPERATOR,
      admin: settings.DASHBOARD_OIDC_ADMIN,
    },
  });
}
