import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/evidence/canonical-json.ts';
import { EvidenceError } from '../../../src/evidence/evidence-error.ts';
import { appendTo, emptyHead, headOf } from '../../../src/evidence/journal/chain.ts';
import { signHead } from '../../../src/evidence/journal/checkpoint.ts';
import { lineOf, maxLineBytes, readLine } from '../../../src/evidence/journal/entry-line.ts';
import type { JournalEvent } from '../../../src/evidence/journal/record.ts';
import { readSigningKey } from '../../../src/evidence/keys.ts';
import { at, eventOf } from '../evidence-lab.ts';

/** Made for this test alone. */
const pem = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----`;

describe('the chain', () => {
  test('has each record once, canonical, over the hash before it', () => {
    const first = appendTo(emptyHead, eventOf(0));
    const second = appendTo(headOf(first), eventOf(1));
    const text =
      '{"at":"2027-01-31T08:00:00.000Z","duplicates":3,"event":"request-sealed","items":50,"request":"r-0","sequence":2}';
    const hash = createHash('sha256').update(Buffer.from(first.hash, 'hex')).update(text).digest('hex');
    expect(lineOf(second)).toBe(`{"hash":"${hash}","previous":"${first.hash}","record":${text}}`);
    expect(headOf(second)).toEqual({ sequence: 2, hash });
  });

  test('is the same in every version: journals are verified years later', () => {
    const first = appendTo(emptyHead, eventOf(0));
    const checkpoint = signHead(headOf(first), at, readSigningKey(pem));
    expect([first.hash, checkpoint.hash]).toEqual([
      '6e847754cd97d2342a6c5e8aeb2b4efcb71226574671cd9bfcf5e7ac25a2ac02',
      '312ae9ea4618b3d121b777e2ec22ebfd398924e2f1cf1aec698a8ac148402741',
    ]);
  });

  test.each([0, 1, 2, 3, 4, 5])('reads what it writes (event %d)', (number) => {
    const entry = appendTo(emptyHead, eventOf(number));
    expect(readLine(lineOf(entry))).toEqual({ is: 'entry', entry });
    expect(lineOf(entry)).toBe(canonicalJson(entry));
  });

  test('has room in a line for the longest record', () => {
    const request = '\u{10ffff}'.repeat(127);
    const leaves = Buffer.alloc(32 * 50).toString('base64');
    const count = Number.MAX_SAFE_INTEGER;
    const share = { request, succeeded: count, absent: count, failed: count, cancelled: count, parked: count, leaves };
    const event: JournalEvent = {
      event: 'batch-completed',
      at,
      batch: request,
      kind: 'resubmission',
      consumer: 'c'.repeat(64),
      reference: request,
      shares: Array.from({ length: 50 }, () => share),
    };
    expect(Buffer.byteLength(lineOf(appendTo(emptyHead, event)))).toBeLessThan(maxLineBytes);
  });

  test('takes no field that the journal does not know, and does not repeat it', () => {
    const sessionId = '88336e4c-04de-4274-ae31-39957b230f98';
    const event: object = { ...eventOf(1), [sessionId]: sessionId };
    const add = () => appendTo(emptyHead, event as JournalEvent);
    expect(add).toThrow(EvidenceError);
    expect(add).toThrow(/^this is no record: holds a field that is not known$/);
  });

  test.each([
    ['a count below zero', { items: -1 }, 'items'],
    ['a time that is none', { at: 'yesterday' }, 'at'],
    ['half a character', { request: 'r\ud800' }, 'request'],
  ])('takes no record with %s, and names the field', (_name, change, field) => {
    expect(() => appendTo(emptyHead, { ...eventOf(1), ...change } as JournalEvent)).toThrow(
      new RegExp(`^this is no record: ${field}: `),
    );
  });
});

describe('canonical JSON', () => {
  test('is that of RFC 8785', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as object;
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\udc00']])('has no text for %p', (value) => {
    expect(() => canonicalJson({ value })).toThrow();
  });
});
