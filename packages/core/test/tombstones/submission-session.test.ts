import { describe, expect, test } from '@jest/globals';
import { sessionOfSubmission } from '../../src/tombstones/submission-session.ts';

const id = '88336e4c-04de-4274-ae31-39957b230f98';
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const json = (value: unknown) => base64(JSON.stringify(value));

describe('the session of a failed submission', () => {
  test.each([
    ['at the top', { session_id: id, responses: [] }],
    ['within what was asked', { request: { session_id: id, user_id: 'u' } }],
    ['within a list', [{ session_id: id }, { session_id: id }]],
    ['at the fourth level', { a: { b: { c: { session_id: id } } } }],
    ['beside one that is no text', { session_id: id, data: { session_id: 7 } }],
  ])('is read %s of its JSON', (_where, value) => {
    expect(sessionOfSubmission(json(value))).toBe(id);
  });

  test('is read of percent-encoded JSON', () => {
    const text = encodeURIComponent(JSON.stringify({ session_id: 'élève 1' }));
    expect(sessionOfSubmission(base64(text))).toBe('élève 1');
  });

  test.each([
    ['other text', base64('submission 1')],
    ['JSON without one', json({ user_id: 'u' })],
    ['JSON that is cut off', base64('{"session_id":"a"')],
    ['two that differ', json({ session_id: id, data: { session_id: 'other' } })],
    ['one that is too deep', json({ a: { b: { c: { d: { session_id: id } } } } })],
    ['no good session id', json({ session_id: 'x'.repeat(256) })],
    ['an empty one', json({ session_id: '' })],
    ['a bad percent-encoding', base64('%7Bsession%ZZ')],
    ['bytes', base64(Buffer.from([0x1f, 0x8b, 8, 0, 0, 1, 2, 3]))],
    ['more than is looked at', json({ list: Array.from({ length: 100_001 }, () => 0), session_id: id })],
  ])('is not read of %s', (_what, submission) => {
    expect(sessionOfSubmission(submission)).toBeUndefined();
  });
});
