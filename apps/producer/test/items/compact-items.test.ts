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
  test('come out as they went in, in their order, as often as they are asked for', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const items = kept(texts);
        expect(items.length).toBe(texts.length);
        for (let time = 0; time < 2; time += 1) {
          const again = [...items];
          expect(again.length === texts.length && again.every((item, n) => item === texts[n])).toBe(true);
        }
        const pieces = Array.from(items.pieces(), (piece) => piece.toString());
        expect(pieces.join('\n') === texts.join('\n')).toBe(true);
      }),
    );
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
    expect(kept(['a']).bytes).toBeLessThanOrEqual(1_024);
  });
});
