import { describe, expect, test } from '@jest/globals';
import { itemFault, type Kind } from '@session-queue/core';
import fc from 'fast-check';
import { ItemList } from '../../src/items/item-list.ts';

const base64 = fc.base64String({ maxLength: 60 });
const texts = fc.oneof(
  fc.uuid(),
  base64,
  base64.map((text) => `${text}=`),
  base64.map((text) => text.replace(/.$/, '=')),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(254, 255, 256, 257).map((length) => 'x'.repeat(length)),
);

/** What is known to be good by its bytes is never shown to core, which has the rule. */
describe.each<Kind>(['deletion', 'resubmission'])('an item of a %s', (kind) => {
  test('is taken as bytes exactly when core finds no fault with its text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const items = new ItemList(kind);
        const bytes = Buffer.from(`"${text}"`);
        items.addBytes(bytes, 1, bytes.length - 1);
        expect(items.good.length === 1).toBe(
          itemFault(kind, bytes.toString('utf8', 1, bytes.length - 1)) === undefined,
        );
        expect(items.length).toBe(1);
      }),
      { numRuns: 3_000 },
    );
  });
});
