import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KnownItems } from '../../src/requests/known-items.ts';
import { packedSessionId } from '../../src/requests/packing.ts';
import { mixedIds } from './id-shapes.ts';

describe('known items', () => {
  test('tell each item from all others, UUIDs and any other ids alike', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...mixedIds(40)), { maxLength: 200 }), (ids) => {
        const known = new KnownItems('deletion');
        const model = new Set<string>();
        for (const [n, id] of ids.entries()) {
          // By its text or packed, it is the same.
          const isNew = n % 2 === 0 ? known.add(id) : known.addPacked(packedSessionId(id));
          expect(isNew).toBe(!model.has(id));
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
