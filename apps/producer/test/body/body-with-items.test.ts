import { describe, expect, test } from '@jest/globals';
import type { Kind } from '@session-queue/core';
import fc from 'fast-check';
import { BodyWithItems } from '../../src/body/body-with-items.ts';
import { ItemList } from '../../src/items/item-list.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { parseAsk } from '../../src/requests/ask.ts';
import { cutAnywhere, cutAt } from '../support/cuts.ts';

const id = '0123abcd-4567-4890-8abc-def012345678';

function read(text: string | Buffer, cuts: readonly number[] = [], kind: Kind = 'deletion'): unknown {
  const body = new BodyWithItems(kind);
  for (const piece of cutAt(Buffer.from(text), cuts)) {
    body.next(piece);
    // As memory that is used again.
    piece.fill(0);
  }
  return body.end();
}

/** What was read as JSON.parse would show it. */
function plain(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, value instanceof ItemList ? [...value.good.takeOut()] : value]),
  );
}

function faultsOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    const { kind, message, details } = error as Problem;
    return { kind, message, errors: details.errors };
  }
}

const everyPlace = (bytes: number): number[] => Array.from({ length: bytes }, (_, n) => n);

const sessionId = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text)),
  fc.constantFrom('😀', 'é', '"', '\\', '/', id.slice(1), `${id}0`, 'x'.repeat(255), '😀'.repeat(127)),
);
const space = fc.constantFrom('', ' ', '\n', '\r\n\t ');
/** Every way to write the same text. */
const written = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    JSON.stringify(text),
    JSON.stringify(text).replaceAll('/', '\\/'),
    `"${Array.from({ length: text.length }, (_, n) => `\\u${text.charCodeAt(n).toString(16).padStart(4, '0')}`).join('')}"`,
  );
const list = fc
  .array(fc.tuple(sessionId.chain(written), space, space), { minLength: 1, maxLength: 30 })
  .map((items) => `[${items.map(([item, before, after]) => before + item + after).join(',')}]`);
const field = fc.oneof(
  fc.tuple(
    fc.constantFrom('consumer', 'reason', 'requestedBy', 'other', '__proto__', 'constructor', 'é'),
    fc.oneof(
      fc.string().map((text) => JSON.stringify(text)),
      fc.constantFrom('1', '-1.5e3', 'true', 'null', '{}', '[]'),
    ),
  ),
);
const bodyText = fc
  .tuple(list, fc.uniqueArray(field, { selector: ([name]) => name }), fc.nat(), space)
  .map(([items, fields, at, between]) => {
    const all = fields.map(([name, value]) => `"${name}"${between}:${between}${value}`);
    all.splice(at % (all.length + 1), 0, `"sessionIds":${between}${items}`);
    return `${between}{${all.join(`${between},${between}`)}}${between}`;
  });

describe('a body with items', () => {
  test('is what JSON.parse makes of it, wherever it is cut and in whatever order its fields stand', () => {
    fc.assert(
      fc.property(bodyText, cutAnywhere, (text, cuts) => {
        expect(plain(read(text, cuts))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the same in single bytes', () => {
    const text = `\ufeff{"sessionIds":["${id}", "caf\u00e9 \ud83d\ude00", "\\ud83d\\ude00\\/\\"","\\u0061"],"reason":"\u20ac"}`;
    const all = everyPlace(Buffer.byteLength(text));
    expect(plain(read(text, all))).toEqual(JSON.parse(text.slice(1)));
    for (const place of all) expect(plain(read(text, [place]))).toEqual(JSON.parse(text.slice(1)));
  });

  test.each([
    ['a letter', '{"sessionIds":\n["\u20ac",x]}', 'line 2, column 6 (byte 22): a value is expected'],
    ['a wrong word', '{"sessionIds":["a"],\n"reason": nul}', 'line 2, column 11 (byte 31): a value is expected'],
    ['an escape', '{"sessionIds":["\u00e9\\u12x4"]}', 'line 1, column 18 (byte 18): an unknown escape in a string'],
    ['a lone end', '{"sessionIds":["a', 'line 1, column 18 (byte 17): the text ends within a string'],
    [
      'a field named twice',
      '{"r\u00e9":1,\n"r\\u00e9":2}',
      'line 2, column 1 (byte 10): an object names a field twice',
    ],
    [
      'a line break in an item',
      '{"sessionIds":["\ud83d\ude00\n"]}',
      'line 1, column 19 (byte 20): a control character in a string must be escaped',
    ],
    ['a comma too many', `{"sessionIds":["${id}",\n\n]}`, 'line 3, column 1 (byte 56): a value is expected'],
  ])('that holds %s is refused with the same place, wherever it is cut', (_what, text, reason) => {
    const refusal = { kind: 'malformed-json', message: `At ${reason}.`, errors: [{ field: 'body', reason }] };
    const all = everyPlace(Buffer.byteLength(text));
    expect(faultsOf(() => read(text))).toEqual(refusal);
    expect(faultsOf(() => read(text, all))).toEqual(refusal);
    for (const place of all) expect(faultsOf(() => read(text, [place]))).toEqual(refusal);
  });

  test.each([
    ['within an item', Buffer.from('{"sessionIds":["caf\xe9"]}', 'latin1'), 'line 1, column 20 (byte 19)'],
    ['behind a fault', Buffer.from('{x\n\u20ac\xff', 'latin1'), 'line 2, column 1 (byte 3)'],
    ['cut off at the end', Buffer.from('{"sessionIds":["\u20ac').subarray(0, -1), 'line 1, column 17 (byte 16)'],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'line 1, column 2 (byte 1)'],
    ['overlong', Buffer.from([0x20, 0xc0, 0x80]), 'line 1, column 2 (byte 1)'],
  ])('that is not UTF-8 is refused for that: %s', (_what, bytes, where) => {
    const refusal = expect.objectContaining({ message: `At ${where}: not UTF-8.` });
    const all = everyPlace(bytes.length);
    expect(faultsOf(() => read(bytes))).toEqual(refusal);
    expect(faultsOf(() => read(bytes, all))).toEqual(refusal);
    for (const place of all) expect(faultsOf(() => read(bytes, [place]))).toEqual(refusal);
  });

  test('has every bad item named by its index, wherever it is cut', () => {
    const text = `{"sessionIds":["${id}",5,"",["x"],"\\u0000",{"a":[]},"${'x'.repeat(256)}","\\ud800",null,"${'y'.repeat(2_000)}","b"]}`;
    const asked = (cuts: readonly number[]) => faultsOf(() => parseAsk('deletion', read(text, cuts)));
    expect(asked([])).toMatchObject({
      errors: [
        { field: 'sessionIds[1]', reason: 'must be a string' },
        { field: 'sessionIds[2]', reason: 'must not be empty' },
        { field: 'sessionIds[3]', reason: 'must be a string' },
        { field: 'sessionIds[4]', reason: 'must hold no control characters' },
        { field: 'sessionIds[5]', reason: 'must be a string' },
        { field: 'sessionIds[6]', reason: 'must be at most 255 characters' },
        { field: 'sessionIds[7]', reason: 'must be well-formed Unicode' },
        { field: 'sessionIds[8]', reason: 'must be a string' },
        { field: 'sessionIds[9]', reason: 'must be at most 255 characters' },
      ],
    });
    for (const place of everyPlace(text.length)) expect(asked([place])).toEqual(asked([]));
    expect(asked(everyPlace(text.length))).toEqual(asked([]));
  });

  test('may hold submissions of full size, and none that is larger', () => {
    const largest = 'Abc/'.repeat(512 * 1024);
    const text = (item: string) => JSON.stringify({ submissions: ['AAA=', item, item.replaceAll('/', '+')] });
    const cuts = [10, 70_000, 1_000_000, 2_500_000];
    const escaped = text(largest).replaceAll('/', '\\/');
    for (const body of [text(largest), escaped]) {
      const { items } = parseAsk('resubmission', read(body, cuts, 'resubmission'));
      expect([...items.takeOut()].join() === ['AAA=', largest, largest.replaceAll('/', '+')].join()).toBe(true);
    }
    const tooLarge = faultsOf(() => parseAsk('resubmission', read(text(`${largest}AAAA`), cuts, 'resubmission')));
    expect(tooLarge).toMatchObject({
      errors: [1, 2].map((n) => ({
        field: `submissions[${n}]`,
        reason: 'must be at most 2 MB (2,097,152 bytes) as sent',
      })),
    });
  });

  test.each([
    ['reason', JSON.stringify('x'.repeat(100_000)), 'reason', 'must be at most 500 characters'],
    ['reason', '1'.repeat(100_000), 'reason', 'must be a string'],
    ['ids', JSON.stringify(Array.from({ length: 9_000 }, () => id)), 'ids', 'is not a known field'],
    ['id', JSON.stringify('x'.repeat(100_000)), 'id', 'is not a known field'],
    ['consumer', '{"a":[1]}', 'consumer', expect.stringContaining('expected string')],
  ])('does not keep a %s that no request can have, and still names it', (name, value, field, reason) => {
    const body = new BodyWithItems('deletion');
    body.next(Buffer.from(`{"sessionIds":["${id}"],"${name}":${value}}`));
    expect(body.bytes).toBeLessThan(2_000);
    expect(faultsOf(() => parseAsk('deletion', body.end()))).toMatchObject({ errors: [{ field, reason }] });
  });

  test('holds 17 bytes an id that is a canonical UUID, and nothing once it is known to be bad', () => {
    const body = new BodyWithItems('deletion');
    body.next(Buffer.from('{"sessionIds":['));
    const some = Buffer.from(`"${id}",`.repeat(1_000));
    for (let n = 0; n < 100; n += 1) body.next(some);
    expect(body.bytes / 100_000).toBeGreaterThan(16.9);
    expect(body.bytes / 100_000).toBeLessThan(20);
    body.next(Buffer.from('x'));
    expect(body.bytes).toBe(0);
  });
});
