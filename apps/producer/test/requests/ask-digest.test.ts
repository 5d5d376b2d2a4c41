import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { BodyWithItems } from '../../src/body/body-with-items.ts';
import { parseAsk } from '../../src/requests/ask.ts';
import { digestAsk } from '../../src/requests/ask-digest.ts';

describe('the digest of what is asked', () => {
  test('is the same in every version: a key is remembered for a day, over an upgrade too', () => {
    const ids = Array.from({ length: 5_000 }, (_, n) =>
      n % 3 === 0 ? `session-${n}-\u00e9` : `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    );
    const body = new BodyWithItems('deletion');
    body.next(Buffer.from(JSON.stringify({ sessionIds: ids, reason: 'why' })));
    const expected = createHash('sha256')
      .update(`["deletion",null,"why",null,null]\n${ids.join('\n')}`)
      .digest('hex');
    expect(digestAsk(parseAsk('deletion', body.end()))).toBe(expected);
  });

  const digest = (more: Record<string, string>) => {
    const body = new BodyWithItems('deletion');
    body.next(Buffer.from(JSON.stringify({ ...more, sessionIds: ['a'] })));
    return digestAsk(parseAsk('deletion', body.end()));
  };

  test('is another one for every note that says what is asked', () => {
    const notes = [{}, { reason: 'x' }, { requestedBy: 'x' }, { consumer: 'x' }];
    expect(new Set(notes.map(digest)).size).toBe(notes.length);
  });

  test.each([{ priority: 'high' }, { notBefore: '2026-01-31T08:00:00Z' }, { callbackUrl: 'https://example.com/' }])(
    'is the same whenever it is to be done, how urgently, and whomever it tells: %j',
    (note) => {
      expect(digest(note)).toBe(digest({}));
    },
  );
});
