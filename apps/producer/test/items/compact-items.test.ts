import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CompactItems } from '../../src/items/compact-items.ts';

function kept(texts: readonly string[]): CompactItems {
  const items = new CompactItems();
  for (const text of texts) {
    const bytes = Buffer.from(`.${text}.`);
    if (bytes.length !== 38 || !items.addUuid(bytes, 1)) items.addText(bytes, 1, bytes.length - 1);
  }
  return items;
}

const text = fc.oneof(
  fc.uuid(),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(1, 36, 254, 255, 256, 16_383, 16_384, 16_385, 40_000, 300_000).map((length) => 'x'.repeat(length)),
);

describe('items in few bytes', () => {
  test('come out as they went in, in their order, and leave nothing behind', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const items = kept(texts);
        const pieces = Array.from(items.pieces(), (piece) => piece.toString());
        expect(pieces.join('\n') === texts.join('\n')).toBe(true);
        expect(items.length).toBe(texts.length);
        const takenOut = [...items.takeOut()];
        expect(takenOut.length === texts.length && takenOut.every((item, n) => item === texts[n])).toBe(true);
        expect([items.length, items.bytes, [...items.takeOut()]]).toEqual([0, 0, []]);
      }),
    );
  });

  test('give their memory back while they are taken out', () => {
    const items = new CompactItems();
    const uuid = Buffer.from('0123abcd-4567-4890-8abc-def012345678');
    for (let n = 0; n < 100_000; n += 1) items.addUuid(uuid, 0);
    const all = items.bytes;
    let taken = 0;
    for (const _ of items.takeOut()) {
      taken += 1;
      if (taken === 50_000) expect(items.bytes).toBeLessThan(0.7 * all);
    }
    expect(taken).toBe(100_000);
  });

  test('take only a canonical UUID for one', () => {
    const uuid = '0123abcd-4567-4890-8abc-def012345678';
    const take = (given: string) => new CompactItems().addUuid(Buffer.from(given), 0);
    expect(take(uuid)).toBe(true);
    for (let at = 0; at < uuid.length; at += 1) {
      for (const other of ['-', 'A', 'g', '/', ':', '`', '\u00e9', '\0']) {
        const given = uuid.slice(0, at) + other + uuid.slice(at + 1);
        expect(take(given)).toBe(given === uuid);
      }
      expect(take(uuid.slice(0, at))).toBe(false);
    }
  });

  test('waste little: a million UUIDs take 17 MB, texts their own size, one item a kilobyte', () => {
    const uuids = new CompactItems();
    const uuid = Buffer.from('0123abcd-4567-4890-8abc-def012345678');
    for (let n = 0; n < 1_000_000; n += 1) uuids.addUuid(uuid, 0);
    expect(uuids.bytes).toBeLessThan(17_600_000);

    const submissions = new CompactItems();
    for (const bytes of [2_000_000, 20_000, 20_000, 40_000, 32_000, 500_000]) {
      submissions.addText(Buffer.alloc(bytes, 'A'), 0, bytes);
    }
    expect(submissions.bytes).toBeLessThan(2_612_000 + 300_000);

    const largeAndSmall = new CompactItems();
    for (let n = 0; n < 200; n += 1) {
      largeAndSmall.addText(Buffer.alloc(33_000, 'A'), 0, 33_000);
      largeAndSmall.addText(Buffer.alloc(4, 'A'), 0, 4);
    }
    expect(largeAndSmall.bytes).toBeLessThan(200 * 33_010 + 300_000);
    expect([...largeAndSmall.takeOut()].map(({ length }) => length)).toEqual(
      Array.from({ length: 400 }, (_, n) => (n % 2 === 0 ? 33_000 : 4)),
    );
    expect(kept(['a']).bytes).toBeLessThanOrEqual(1_024);
  });
});
