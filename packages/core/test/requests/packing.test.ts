import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { itemFault } from '../../src/requests/items.ts';
import { maxPackedBytes, packSessionId, unpackSessionId } from '../../src/requests/packing.ts';

const canonicalUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As it lies in Redis; written in the middle of something, as in a chunk. */
function packed(id: string): Buffer {
  const target = Buffer.alloc(maxPackedBytes + 3, 0xff);
  return target.subarray(3, 3 + packSessionId(id, target, 3));
}

/** What callers may use: UUIDs in both cases and nearly so, and any text that is let in, of lengths around 16 bytes above all. */
const ids = fc
  .oneof(
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
    fc.uuid().map((id) => id.replaceAll('-', '')),
    fc.uuid().map((id) => `${id} `),
    fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
    fc.string({ minLength: 12, maxLength: 18, unit: 'binary-ascii' }),
    fc.string({ minLength: 1, maxLength: 255, unit: 'grapheme' }),
  )
  .filter((id) => itemFault('deletion', id) === undefined);

describe('a packed session id', () => {
  test('is the same id when it is unpacked', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(unpackSessionId(packed(id))).toBe(id);
      }),
      { numRuns: 5_000 },
    );
  });

  test('takes 16 bytes when it is a canonical UUID, and never otherwise', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(packed(id).length === 16).toBe(canonicalUuid.test(id));
      }),
      { numRuns: 5_000 },
    );
  });

  test('is never the same for two ids', () => {
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        fc.pre(one !== other);
        expect(packed(one).equals(packed(other))).toBe(false);
      }),
    );
  });

  test.each([13, 14, 15, 16, 17])('of %i bytes of text comes back', (bytes) => {
    for (const id of ['x'.repeat(bytes), `é${'x'.repeat(bytes - 2)}`, `\u0002${'x'.repeat(bytes - 1)}`]) {
      expect(packed(id).length).not.toBe(16);
      expect(unpackSessionId(packed(id))).toBe(id);
    }
  });
});
