import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Who may use the producer's API. */
export interface ApiKey {
  name: string;
  /** SHA-256 of the token, in hexadecimal. */
  hash: string;
  /** The token itself stood in the setting. */
  isPlain: boolean;
}

/** What somebody may do in the dashboard, the least first: each may do what those before it may. */
export const userRoles = ['viewer', 'operator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

/** Who may use the dashboard, with a password that stands in the settings. */
export interface User {
  name: string;
  password: string;
  role: UserRole;
}

type Parsed<T> = { entries: T[]; faults: string[] };

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** Also the name of a user of the dashboard. */
export const userNamePattern = namePattern;
const printable = /^[\x21-\x7e]+$/;

/** The name of an API key: it stands in the log and, unless a request says who asks, in the request. */
export const keyNameSchema = z
  .string('must be text')
  .regex(namePattern, 'must be 1 to 64 letters, digits and . _ @ -, and start with a letter or digit');

/** How a token's SHA-256 is written. */
export const tokenHashSchema = z
  .string('must be text')
  .regex(/^sha256:[0-9a-f]{64}$/i, 'must be sha256: and 64 hexadecimal digits')
  .transform((text) => text.slice('sha256:'.length).toLowerCase());

/**
 * What is kept of a token, in hexadecimal. Plain SHA-256 is enough for tokens of 32 random bytes: nobody can try out so many,
 * however fast. Slow hashes are for passwords that people choose, and would cost every call tens of milliseconds.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Reads `name:token,...` and `name:sha256:<hash>,...`. Faults name the position, never the value. */
export function parseApiKeys(text: string): Parsed<ApiKey> {
  const parsed = parseEntries(text, ([name = '', ...parts]): ApiKey | string => {
    const [token = '', digits] = parts;
    if (token === 'sha256' && digits !== undefined) {
      const hash = tokenHashSchema.safeParse(parts.join(':'));
      return hash.success ? { name, hash: hash.data, isPlain: false } : 'must have 64 hexadecimal digits after sha256:';
    }
    if (token === '' || digits !== undefined) return 'must be name:token or name:sha256:<hash>';
    if (!printable.test(token)) return 'has a token that is not printable ASCII without spaces';
    return { name, hash: hashToken(token), isPlain: true };
  });
  const hashes = parsed.entries.map(({ hash }) => hash);
  // One token for two names would leave open who asked.
  if (new Set(hashes).size < hashes.length) parsed.faults.push('holds one token twice');
  return parsed;
}

/** Reads `name:password[:role],...`, of viewers without a role; a password holds neither comma nor colon. */
export function parseUsers(text: string): Parsed<User> {
  return parseEntries(text, (parts) => {
    const [name = '', password = '', role = 'viewer', ...rest] = parts;
    if (password === '' || rest.length > 0 || !isUserRole(role)) {
      return 'must be name:password, name:password:operator or name:password:admin';
    }
    return { name, password, role };
  });
}

/** Whether a word is a role. */
export function isUserRole(word: string): word is UserRole {
  return userRoles.some((role) => role === word);
}

function parseEntries<T extends { name: string }>(text: string, parse: (parts: string[]) => T | string): Parsed<T> {
  const entries: T[] = [];
  const faults: string[] = [];
  const names = new Set<string>();
  for (const [index, part] of text.split(',').entries()) {
    const entry = parse(part.trim().split(':'));
    const where = `entry ${index + 1}`;
    if (typeof entry === 'string') faults.push(`${where} ${entry}`);
    else if (!namePattern.test(entry.name)) faults.push(`${where} has a name that is not letters, digits and . _ @ -`);
    else if (names.has(entry.name)) faults.push(`${where} has the name of an entry before it`);
    else {
      names.add(entry.name);
      entries.push(entry);
    }
  }
  return { entries, faults };
}

/** `PRODUCER_API_KEYS` as a setting; none when not set. */
export const apiKeysSetting = z.string().transform(entriesOf(parseApiKeys)).default([]);
/** `DASHBOARD_USERS` as a setting; none when not set. */
export const usersSetting = z.string().transform(entriesOf(parseUsers)).default([]);

function entriesOf<T>(parse: (text: string) => Parsed<T>) {
  return (text: string, context: z.RefinementCtx): T[] => {
    const { entries, faults } = parse(text);
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return entries;
  };
}
