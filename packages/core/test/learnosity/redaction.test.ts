import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../src/learnosity/redaction.ts';

const first = '88336e4c-04de-4274-ae31-39957b230f98';
const second = '58023cd7-3158-4b47-9708-34f976466cd7';
const third = 'student-2041-attempt-3';

describe('a message of Learnosity', () => {
  test('loses every item, and tells which ones it named', () => {
    const { message, namedItems } = redact(`Sessions ${third} and "${first}" were not found.`, [first, second, third]);
    expect(message).toBe('Sessions <item> and "<item>" were not found.');
    expect(namedItems).toEqual([0, 2]);
  });

  test('names both places of an item that stands twice in the batch', () => {
    expect(redact(`no ${first}`, [first, second, first]).namedItems).toEqual([0, 2]);
  });

  test('does not name an item by another one that it begins or ends', () => {
    const items = ['session-100', 'session-1001', 'old.session-100'];
    expect(redact('session-1001 is invalid', items).namedItems).toEqual([1]);
    expect(redact('old.session-100 is invalid', items).namedItems).toEqual([2]);
  });

  test('does not name items that may be words or numbers of the message', () => {
    const items = ['session_id', '1', '400', 'invalid', 'parameter'];
    const { message, namedItems } = redact('Error 400: invalid session_id at 1, parameter', items);
    expect(namedItems).toEqual([]);
    expect(message).not.toMatch(/400|session_id/);
  });

  test('loses ids that are not in the batch, and whatever looks like a submission or a signature', () => {
    const submission = Buffer.from('{"responses":["a learner wrote this, and it is private"]}').toString('base64');
    const { message } = redact(`near ${second.toUpperCase()} and ${submission.slice(0, 60)}`, [first]);
    expect(message).toBe('near <item> and <data>');
  });

  test('loses items in the spelling of JSON and of URLs', () => {
    const items = ['user "7" attempt 12', 'grüße/2041'];
    const message = `${JSON.stringify(items[0])} and ${encodeURIComponent(items[1] ?? '')}`;
    expect(redact(message, items)).toEqual({ message: '"<item>" and <item>', namedItems: [0, 1] });
  });

  test('loses secrets', () => {
    expect(redact('bad signature for k3y with s3cret', [], ['s3cret', 'k3y', '']).message).toBe(
      'bad signature for <secret> with <secret>',
    );
  });

  test('is one line of at most 300 characters, however long it was', () => {
    const ids = Array.from({ length: 50 }, (_, index) => `${'x'.repeat(245)}-${1000 + index}`);
    const { message, namedItems } = redact(`bad:\n${ids.join('\n')}${' and'.repeat(100_000)}`, ids);
    expect(message.length).toBe(300);
    expect(message).not.toMatch(/\n/);
    expect(namedItems).toHaveLength(50);
  });

  test('never holds an item of 8 or more characters with a digit, wherever it stood', () => {
    const id = fc.stringMatching(/^[a-z0-9-]{7,30}[0-9]$/);
    const words = fc.array(fc.constantFrom('the', 'session', '"', ',', 'not found', "'", '[', ']', '\n'));
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 5 }), words, words, (ids, before, after) => {
        const text = `${before.join(' ')} ${ids.join(', ')} ${after.join(' ')}`;
        const { message, namedItems } = redact(text, ids);
        expect(namedItems).toEqual(ids.map((_, index) => index));
        for (const one of ids) expect(message.split(/[\s,"'[\]]+/)).not.toContain(one);
      }),
    );
  });
});
