import { scryptSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  hashPassword,
  type PasswordHash,
  parsePasswordHash,
  unmatchableHash,
  verifyPassword,
} from '../../src/config/password-hash.ts';
import { parseUserList } from '../../src/config/user-list.ts';

describe('A password', () => {
  let hash: PasswordHash;

  beforeAll(async () => {
    hash = await hashPassword('correct horse');
  });

  test('is known again by its hash, which holds its salt and its cost and nothing of itself', async () => {
    expect(hash.text).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    const read = parsePasswordHash(hash.text);
    expect(read).toEqual(hash);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct horsf', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  test('is hashed as RFC 7914 says, so that others can make hashes too', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const expected = scryptSync('pässword', salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 128 * 1024 * 1024 });
    expect((await hashPassword('pässword', salt)).hash).toEqual(expected);
  });

  test('is the same whichever way its characters are composed', async () => {
    const composed = await hashPassword('caf\u00e9', Buffer.alloc(16, 1));
    expect(await verifyPassword('cafe\u0301', composed)).toBe(true);
  });

  test('has another hash each time', async () => {
    expect((await hashPassword('correct horse')).text).not.toBe(hash.text);
  });

  test('is never one that matches a name that nobody has', async () => {
    const nobody = unmatchableHash(hash);
    expect(nobody.cost).toEqual(hash.cost);
    expect(await verifyPassword('', nobody)).toBe(false);
  });

  test.each([
    ['too cheap', 'ln=10,r=8,p=1'],
    ['too dear in memory', 'ln=20,r=8,p=1'],
    ['too dear in time', 'ln=15,r=8,p=99'],
    ['of other blocks', 'ln=15,r=1,p=1'],
  ])('hashed with a cost that is %s is not taken', (_what, cost) => {
    expect(parsePasswordHash(hash.text.replace('ln=15,r=8,p=3', cost))).toBeUndefined();
  });

  test.each(['', 'secret', '$2b$10$abc', '$scrypt$ln=15,r=8,p=3$short$short'])('hashed as %j is not taken', (text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
  });
});

describe('A file of users', () => {
  const hash = `$scrypt$ln=15,r=8,p=3$${'A'.repeat(22)}$${'B'.repeat(43)}`;

  test('has one a line, with comments, however its lines end', () => {
    const { users, faults } = parseUserList(
      `\uFEFF# who\r\nada:admin:${hash}\r\n\r\n  olga@example.com:operator:${hash}\n`,
    );
    expect(faults).toEqual([]);
    expect(users.map(({ name, role }) => [name, role])).toEqual([
      ['ada', 'admin'],
      ['olga@example.com', 'operator'],
    ]);
  });

  test('may be empty: then nobody has a password', () => {
    expect(parseUserList('# nobody\n')).toEqual({ users: [], faults: [] });
  });

  test('that is wrong is told by line, never by what stands there', () => {
    const { faults } = parseUserList(
      [
        'ada:s3cret',
        `ada:owner:${hash}`,
        'ada:admin:s3cret',
        `s3 cret:admin:${hash}`,
        `x:viewer:${hash}:s3cret`,
        `a:viewer:${hash}`,
        `a:admin:${hash}`,
      ].join('\n'),
    );
    expect(faults).toEqual([
      'line 1 must be name:role:hash',
      'line 2 has a role that is not one of viewer, operator, admin',
      'line 3 has a hash that is not as session-queue users new prints it',
      'line 4 has a name that is not 1 to 64 letters, digits and . _ @ -',
      'line 5 must be name:role:hash',
      'line 7 has the name of a line before it',
    ]);
  });
});
