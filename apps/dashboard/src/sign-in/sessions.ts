import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type KnownUser, type RedisConnection, secretsEqual, userRoles } from '@session-queue/core';
import { z } from 'zod';
import type { Account, Role } from '../accounts/account.ts';

/** How long a sign-in lasts, in ms, however busy it is. */
export const sessionLifetimeMs = 12 * 60 * 60 * 1000;
/** A session that nobody used for so long has ended, in ms. Pages that keep themselves up to date are no use. */
export const sessionIdleMs = 2 * 60 * 60 * 1000;
/** A use is noted so often, in ms: not every page is worth a write. */
const noteUseMs = 60_000;
const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

const recordSchema = z.object({
  name: z.string(),
  role: z.enum(userRoles),
  /** How somebody has signed in: a password, of which the role is looked up, or an issuer, who said the role. */
  way: z.enum(['password', 'issuer']),
  /** Binds it to the password's hash, without telling that. */
  seal: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
  usedAt: z.number(),
});
type SessionRecord = z.infer<typeof recordSchema>;

export interface Session {
  readonly account: Account;
  readonly way: SessionRecord['way'];
}

export interface SessionsOptions {
  redis: RedisConnection;
  prefix: string;
  /** Who may sign in with a password now. */
  findUser: (name: string) => KnownUser | undefined;
  /** Whether an issuer's people may sign in. */
  hasIssuer: boolean;
  now?: (() => number) | undefined;
}

/**
 * Sessions in Redis, so that every replica knows them and one that has ended is over everywhere. The browser holds 32 random bytes, Redis
 * their hash: whoever reads Redis can take over none. A user who is removed, gets another role or another password is told apart at once.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #now: () => number;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Opens a session of somebody whose password was right. */
  async openFor({ name, role, hash }: KnownUser): Promise<string> {
    const token = newToken();
    await this.#store(token, { name, role, way: 'password', seal: sealOf(token, hash.text) });
    return token;
  }

  /** Opens a session of somebody whom the issuer has named. */
  async openForIssuer(name: string, role: Role): Promise<string> {
    const token = newToken();
    await this.#store(token, { name, role, way: 'issuer', seal: '' });
    return token;
  }

  /** The session of a token, unless it has ended, or whose it is may not sign in any more. */
  async read(token: string, { isUse }: { isUse: boolean }): Promise<Session | undefined> {
    if (!tokenPattern.test(token)) return undefined;
    const key = this.#key(token);
    const text = await this.#options.redis.get(key);
    const record = text === null ? undefined : recordSchema.safeParse(parsed(text)).data;
    if (record === undefined) return undefined;
    const now = this.#now();
    if (now >= record.until || now >= record.usedAt + sessionIdleMs) return undefined;
    const role = this.#roleOf(record, token);
    if (role === undefined) return undefined;
    if (isUse && now - record.usedAt >= noteUseMs) {
      const ms = Math.min(sessionIdleMs, record.until - now);
      // Only where it still is: one that is ended meanwhile must not come back.
      await this.#options.redis.set(key, JSON.stringify({ ...record, usedAt: now }), 'PX', ms, 'XX');
    }
    return { account: { name: record.name, role, formToken: formTokenOf(token) }, way: record.way };
  }

  /** Ends it for good, for every copy of the cookie and on all replicas. */
  async end(token: string): Promise<void> {
    if (tokenPattern.test(token)) await this.#options.redis.del(this.#key(token));
  }

  #roleOf({ name, role, way, seal }: SessionRecord, token: string): Role | undefined {
    if (way === 'issuer') return this.#options.hasIssuer ? role : undefined;
    const user = this.#options.findUser(name);
    if (user === undefined || !secretsEqual(seal, sealOf(token, user.hash.text))) return undefined;
    return user.role;
  }

  async #store(token: string, record: Omit<SessionRecord, 'until' | 'usedAt'>): Promise<void> {
    const now = this.#now();
    const full: SessionRecord = { ...record, until: now + sessionLifetimeMs, usedAt: now };
    await this.#options.redis.set(this.#key(token), JSON.stringify(full), 'PX', sessionIdleMs);
  }

  #key(token: string): string {
    return `${this.#options.prefix}:dashboard:session:${createHash('sha256').update(token).digest('hex')}`;
  }
}

function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/** Only whoever holds the token can make these. */
function formTokenOf(token: string): string {
  return createHmac('sha256', token).update('form').digest('base64url');
}

function sealOf(token: string, hash: string): string {
  return createHmac('sha256', token).update(`password\n${hash}`).digest('base64url');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
