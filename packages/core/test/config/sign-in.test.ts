import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readSettings } from '../../src/config/read-settings.ts';
import { secretsEqual } from '../../src/config/secrets-equal.ts';
import { apiKeysSetting, hashToken, parseApiKeys, parseUsers, usersSetting } from '../../src/config/sign-in.ts';

describe('API keys', () => {
  test('are names with tokens, of which the hashes are kept, or with hashes', () => {
    const hash = hashToken('third');
    expect(parseApiKeys(`shop:t0ken, grades:b/+=~,exams:sha256:${hash.toUpperCase()}`)).toEqual({
      entries: [
        { name: 'shop', hash: hashToken('t0ken'), isPlain: true },
        { name: 'grades', hash: hashToken('b/+=~'), isPlain: true },
        { name: 'exams', hash, isPlain: false },
      ],
      faults: [],
    });
  });

  test('are hashed as everybody hashes', () => {
    // FIPS 180-2, appendix B.1.
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('whose hash is mistyped are not taken for tokens', () => {
    expect(parseApiKeys(`a:sha256:private,b:sha256:${hashToken('x')}:c,c:sha256:`)).toEqual({
      entries: [],
      faults: [1, 2, 3].map((n) => `entry ${n} must have 64 hexadecimal digits after sha256:`),
    });
  });

  test('that are wrong are told by position, never by value', () => {
    const { entries, faults } = parseApiKeys('shop:a,private,:private,shop:private,x:,p q:private,ok:pri vate,a:b:c,,');
    expect(entries.map(({ name }) => name)).toEqual(['shop']);
    expect(faults).toEqual([
      'entry 2 must be name:token or name:sha256:<hash>',
      'entry 3 has a name that is not letters, digits and . _ @ -',
      'entry 4 has the name of an entry before it',
      'entry 5 must be name:token or name:sha256:<hash>',
      'entry 6 has a name that is not letters, digits and . _ @ -',
      'entry 7 has a token that is not printable ASCII without spaces',
      'entry 8 must be name:token or name:sha256:<hash>',
      'entry 9 must be name:token or name:sha256:<hash>',
      'entry 10 must be name:token or name:sha256:<hash>',
    ]);
  });

  test('may not share a token: it would stay open who asked', () => {
    expect(parseApiKeys('a:same,b:same').faults).toEqual(['holds one token twice']);
    expect(parseApiKeys(`a:same,b:sha256:${hashToken('same')}`).faults).toEqual(['holds one token twice']);
  });
});

describe('users', () => {
  test('are names with passwords, viewers unless a role stands behind', () => {
    expect(parseUsers('ann@example.com:secret word:admin,bob:admin,cid:x:operator,dot:y:viewer')).toEqual({
      entries: [
        { name: 'ann@example.com', password: 'secret word', role: 'admin' },
        { name: 'bob', password: 'admin', role: 'viewer' },
        { name: 'cid', password: 'x', role: 'operator' },
        { name: 'dot', password: 'y', role: 'viewer' },
      ],
      faults: [],
    });
  });

  test('whose role is mistyped are refused, and not made viewers', () => {
    expect(parseUsers('ann:private:amdin,bob:,cid:x:admin:more')).toEqual({
      entries: [],
      faults: [
        'entry 1 must be name:password, name:password:operator or name:password:admin',
        'entry 2 must be name:password, name:password:operator or name:password:admin',
        'entry 3 must be name:password, name:password:operator or name:password:admin',
      ],
    });
  });
});

describe('as settings', () => {
  const schema = z.object({ PRODUCER_API_KEYS: apiKeysSetting, DASHBOARD_USERS: usersSetting });

  test('both are none when not set', () => {
    expect(readSettings(schema, { DASHBOARD_USERS: '' })).toEqual({ PRODUCER_API_KEYS: [], DASHBOARD_USERS: [] });
  });

  test('each fault is told under its variable', () => {
    expect(() => readSettings(schema, { PRODUCER_API_KEYS: 'a,b', DASHBOARD_USERS: 'ann' })).toThrow(
      [
        'wrong settings:',
        '  PRODUCER_API_KEYS entry 1 must be name:token or name:sha256:<hash>',
        '  PRODUCER_API_KEYS entry 2 must be name:token or name:sha256:<hash>',
        '  DASHBOARD_USERS entry 1 must be name:password, name:password:operator or name:password:admin',
      ].join('\n'),
    );
  });
});

describe('secrets', () => {
  test('are equal only when they are, whatever their lengths', () => {
    expect(secretsEqual('s3cret', 's3cret')).toBe(true);
    expect(secretsEqual('s3cret', 's3creT')).toBe(false);
    expect(secretsEqual('s3cret', 's3cret ')).toBe(false);
    expect(secretsEqual('', 's3cret')).toBe(false);
    expect(secretsEqual('', '')).toBe(true);
  });
});
