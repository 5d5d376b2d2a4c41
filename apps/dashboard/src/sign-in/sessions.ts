import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Account } from '../accounts/account.ts';

/** How long a sign-in lasts; it is not prolonged by use. */
export const sessionLifetimeMs = 12 * 60 * 60 * 1000;

const claims = z.object({ id: z.uuid(), name: z.string(), until: z.number() });

export interface Session {
  readonly id: string;
  readonly account: Account;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface SessionsOptions {
  /** Who may sign in. The role is looked up here and never in the token. */
  accounts: readonly Account[];
  keys: ReadonlyMap<string, Buffer>;
  now?: () => number;
}

/** Issues and reads signed tokens: `<claims>.<HMAC-SHA256>`, each in base64url. */
export class Sessions {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #now: () => number;

  constructor(options: SessionsOptions) {
    this.#accounts = new Map(options.accounts.map((account) => [account.name, account]));
    this.#keys = options.keys;
    this.#now = options.now ?? Date.now;
  }

  issue(account: Account): string {
    const key = this.#keys.get(account.name);
    if (key === undefined) throw new Error('a session is only issued to a known user');
    const payload = encode({ id: randomUUID(), name: account.name, until: this.#now() + sessionLifetimeMs });
    return `${payload}.${sign(payload, key).toString('base64url')}`;
  }

  /** The session of a token that was signed here, belongs to somebody who may still sign in and has not run out. */
  read(token: string): Session | undefined {
    const [payload, signature, ...rest] = token.split('.');
    if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
    const read = claims.safeParse(decode(payload));
    if (!read.success) return undefined;
    const { id, name, until } = read.data;
    const account = this.#accounts.get(name);
    const key = this.#keys.get(name);
    if (account === undefined || key === undefined) return undefined;
    if (!equal(sign(payload, key), Buffer.from(signature, 'base64url'))) return undefined;
    return until > this.#now() ? { id, account, until } : undefined;
  }
}

function sign(payload: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(payload).digest();
}

function equal(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function encode(value: z.infer<typeof claims>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
}
