import { type PasswordHash, parsePasswordHash } from './password-hash.ts';
import { isUserRole, type UserRole, userNamePattern, userRoles } from './sign-in.ts';

/** Somebody who may sign in with a password, of which the hash is known. */
export interface KnownUser {
  readonly name: string;
  readonly role: UserRole;
  readonly hash: PasswordHash;
}

/** What a file of users holds, or why it cannot be used. Faults name the line, never what stands there. */
export interface UserList {
  users: readonly KnownUser[];
  faults: readonly string[];
}

/** Reads lines `name:role:hash`. Empty lines and lines that begin with # are comments. */
export function parseUserList(text: string): UserList {
  const users: KnownUser[] = [];
  const faults: string[] = [];
  const names = new Set<string>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = readLine(line);
    if (typeof read === 'string') faults.push(`line ${index + 1} ${read}`);
    else if (names.has(read.name)) faults.push(`line ${index + 1} has the name of a line before it`);
    else {
      names.add(read.name);
      users.push(read);
    }
  }
  return { users, faults };
}

function readLine(line: string): KnownUser | string {
  const [name = '', role = '', text, ...rest] = line.split(':');
  if (text === undefined || rest.length > 0) return 'must be name:role:hash';
  if (!userNamePattern.test(name)) return 'has a name that is not 1 to 64 letters, digits and . _ @ -';
  if (!isUserRole(role)) return `has a role that is not one of ${userRoles.join(', ')}`;
  const hash = parsePasswordHash(text);
  if (hash === undefined) return 'has a hash that is not as session-queue users new prints it';
  return { name, role, hash };
}
