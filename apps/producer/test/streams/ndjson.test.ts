import { describe, expect, test } from '@jest/globals';
import { BadLines } from '../../src/streams/bad-lines.ts';
import { linesOf } from '../../src/streams/lines.ts';
import { ndjsonItems } from '../../src/streams/ndjson.ts';
import { collect, piecesOf } from '../support/pieces.ts';

async function read(kind: 'deletion' | 'resubmission', lines: string[]) {
  const bad = new BadLines('line');
  const pieces = piecesOf([Buffer.from(lines.join('\n'))]);
  const items = await collect(ndjsonItems(kind, linesOf(pieces, { maxBytes: 1_000, bad }), bad));
  return { items, bad: bad.named.map(({ line, reason }) => `${line} ${reason}`) };
}

describe('the items of NDJSON', () => {
  test('are strings, or stand in objects', async () => {
    const lines = [
      '"a"',
      '  "b"  \r',
      '',
      ' \t',
      '{"sessionId":"c","more":{"sessionIds":[1]}}',
      '"\\u0064\\/"',
      '"\u20ac"\r',
      '{"session_id":"e"}',
    ];
    expect(await read('deletion', lines)).toEqual({ items: ['a', 'b', 'c', 'd/', '\u20ac', 'e'], bad: [] });
    expect(await read('resubmission', ['"AAAA"', '{"submission":"AA\\/="}'])).toEqual({
      items: ['AAAA', 'AA/='],
      bad: [],
    });
  });

  test('are judged by their lines, and no reason holds one', async () => {
    const lines = [
      '"a"',
      '"secret',
      '{"id":"secret"}',
      '["secret"]',
      '7',
      'null',
      '{"sessionId":7}',
      '""',
      '"\\ud800"',
    ];
    lines.push(
      '{"sessionId":"a","sessionId":"secret"}',
      '{"__proto__":{"sessionId":"secret"}}',
      `"${'x'.repeat(300)}"`,
      '{"sessionId":"a","session_id":"secret"}',
      '{"session_id":"a","session_id":"secret"}',
    );
    const shape = 'must be a string, or an object with the field sessionId';
    const { items, bad } = await read('deletion', lines);
    expect(items).toEqual(['a']);
    expect(bad).toEqual([
      '2 is not JSON',
      ...[3, 4, 5, 6].map((line) => `${line} ${shape}`),
      '7 must be a string',
      '8 must not be empty',
      '9 must be well-formed Unicode',
      '10 is not JSON',
      `11 ${shape}`,
      '12 must be at most 255 characters',
      '13 must have one of the fields sessionId and session_id',
      '14 is not JSON',
    ]);
    expect((await read('resubmission', ['"AAA"'])).bad).toEqual(['1 must be base64 (RFC 4648, padded)']);
  });
});
