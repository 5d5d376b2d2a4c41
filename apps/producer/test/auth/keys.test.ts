import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { keyFinder } from '../../src/auth/find-key.ts';
import { parseKeyList } from '../../src/auth/known-key.ts';
import { newKey } from '../../src/auth/new-key.ts';

const hashOf = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`;
const entry = { name: 'lms', hash: hashOf('tok'), scopes: ['request:read'] };

describe('a list of API keys', () => {
  test('gives each token its caller, with its limits', () => {
    const limits = { consumers: ['north'], ratePerMinute: 7 };
    const { keys, faults } = parseKeyList(
      JSON.stringify([entry, { ...entry, name: 'b', hash: hashOf('b'), ...limits }]),
    );
    expect(faults).toEqual([]);
    const find = keyFinder(() => keys);
    expect(find('tok')).toMatchObject({ id: 'lms', name: 'lms', scopes: new Set(['request:read']) });
    expect(find('tok')).not.toHaveProperty('consumers');
    expect(find('b')).toMatchObject({ name: 'b', ...limits });
    for (const unknown of ['', 'to', 'tok ', 'TOK', entry.hash, entry.hash.slice(7)])
      expect(find(unknown)).toBeUndefined();
  });

  test.each([
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2027-01-01T08:00:00+01:00', Date.UTC(2027, 0, 1, 7)],
  ])('lets a key end at %s, and not before', (expires, end) => {
    const { keys } = parseKeyList(JSON.stringify([{ ...entry, expires }]));
    expect(
      keyFinder(
        () => keys,
        () => end - 1,
      )('tok'),
    ).toMatchObject({ name: 'lms' });
    expect(
      keyFinder(
        () => keys,
        () => end,
      )('tok'),
    ).toBe('ended');
    expect(
      keyFinder(
        () => keys,
        () => end,
      )('other'),
    ).toBeUndefined();
  });

  test('that is wrong is told by the place, never by a value', () => {
    const wrong = [
      { ...entry, name: 'private name' },
      { ...entry, hash: 'private-token' },
      { ...entry, scopes: [] },
      { ...entry, scopes: ['private'] },
      { ...entry, consumers: [] },
      { ...entry, expires: 'private' },
      { ...entry, expires: '2027-02-30' },
      { ...entry, ratePerMinute: -1 },
      { ...entry, private: 1 },
      { name: 'x', scopes: ['request:read'] },
      'private',
    ];
    const { keys, faults } = parseKeyList(JSON.stringify(wrong));
    expect(keys).toEqual([]);
    expect(faults.map((fault) => fault.replace(/^at entry /, ''))).toEqual([
      expect.stringMatching(/^1\.name must be 1 to 64 letters/),
      '2.hash must be sha256: and 64 hexadecimal digits',
      '3.scopes is empty',
      '4.scopes.0 must be one of deletion:create, deletion:approve, resubmission:create, selection:create, legal-hold:manage, request:read, request:manage, rule:manage',
      '5.consumers is empty',
      '6.expires must be a date or a time such as 2027-01-31T08:00:00Z',
      '7.expires must be a date or a time such as 2027-01-31T08:00:00Z',
      '8.ratePerMinute must be a whole number from 0 to 1000000',
      '9 holds a field that is not known',
      '10.hash must be text',
      '11 must be {name, hash, scopes, ...}',
    ]);
    expect(faults.join()).not.toContain('private');
  });

  test.each([
    ['{', 'is not JSON'],
    ['{"lms": {}}', 'must hold a list of keys'],
    [JSON.stringify([entry, { ...entry, hash: hashOf('x') }]), 'has the key lms twice'],
    [JSON.stringify([entry, { ...entry, name: 'b' }]), 'has one token for lms and b'],
  ])('%# that leaves open who asks is refused', (text, fault) => {
    expect(parseKeyList(text).faults).toEqual([fault]);
  });
});

describe('a new key', () => {
  test('has a token that only its entry knows, and the limits it was given', () => {
    const { token, entry: made } = newKey({
      name: 'lms',
      scopes: ['deletion:create'],
      consumers: ['north'],
      expires: '2027-01-01',
    });
    expect(token).toMatch(/^sq_[\w-]{43}$/);
    expect(made).toEqual({
      name: 'lms',
      hash: hashOf(token),
      scopes: ['deletion:create'],
      consumers: ['north'],
      expires: '2027-01-01T00:00:00.000Z',
    });
    const { keys, faults } = parseKeyList(JSON.stringify([made]));
    expect(faults).toEqual([]);
    expect(
      keyFinder(
        () => keys,
        () => 0,
      )(token),
    ).toMatchObject({ name: 'lms', consumers: ['north'] });
    expect(newKey({ name: 'lms', scopes: ['request:read'] }).token).not.toBe(token);
  });
});
