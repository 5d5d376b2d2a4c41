import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KnownItems } from '../../src/requests/known-items.ts';
import { mixedIds } from './id-shapes.ts';

describe('known items', () => {
  test('tell each item from all others, UUIDs and any other ids alike', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...mixedIds(40)), { maxLength: 200 }), (ids) => {
        const known = new KnownItems('deletion');
        const model = new Set<string>();
        for (const id of ids) {
          expect(known.add(id)).toBe(!model.has(id));
          model.add(id);
        }
      }),
    );
  });

  test('tell submissions apart', () => {
    const known = new KnownItems('resubmission');
    expect(['QUFB', 'QUFC', 'QUFB'].map((item) => known.add(item))).toEqual([true, true, false]);
  });
});
