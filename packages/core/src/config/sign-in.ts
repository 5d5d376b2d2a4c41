import { z } from 'zod';

/** Who may use the producer's API. */
export interface ApiKey {
  name: string;
  token: string;
}

/** Who may use the dashboard. Only admins may change something. */
export interface User {
  name: string;
  password: string;
  admin: boolean;
}

type Parsed<T> = { entries: T[]; faults: string[] };

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const printable = /^[\x21-\x7e]+$/;

/** Reads `name:token,...`. Faults name the position, never the value. */
export function parseApiKeys(text: string): Parsed<ApiKey> {
  const parsed = parseEntries(text, (parts) => {
    const [name = '', token, ...rest] = parts;
    if (token === undefined || token === '' || rest.length > 0) return 'must be name:token';
    if (!printable.test(token)) return 'has a token that is not printable ASCII without spaces';
    return { name, token };
  });
  const tokens = parsed.entries.map(({ token }) => token);
  // One token for two names would leave open who asked.
  if (new Set(tokens).size < tokens.length) parsed.faults.push('holds one token twice');
  return parsed;
}

/** Reads `name:password[:admin],...`; a password holds neither comma nor colon. */
export function parseUsers(text: string): Parsed<User> {
  return parseEntries(text, (parts) => {
    const [name = '', password, role, ...rest] = parts;
    if (password === undefined || password === '' || rest.length > 0 || (role !== undefined && role !== 'admin')) {
      return 'must be name:password or name:password:admin';
    }
    return { name, password, admin: role === 'admin' };
  });
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
