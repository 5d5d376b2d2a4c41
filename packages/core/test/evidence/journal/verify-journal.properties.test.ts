import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyJournal } from '../../../src/evidence/journal/verify-journal.ts';
import { journalOf, linesOf, newPair } from '../evidence-lab.ts';

const pair = newPair();
const size = 24;
const lines = linesOf(journalOf(size, 8, pair));
const place = fc.nat(size - 1);

const faultIn = async (given: Iterable<string>) => {
  const verdict = await verifyJournal(given, pair.trusted);
  return verdict.is === 'faulty' ? verdict.fault : undefined;
};

describe('in any signed journal', () => {
  test('a change or addition anywhere is found in its line', async () => {
    const character = fc.oneof(fc.constantFrom('', ' ', '0', '"', ',', '\\', '\u00e4'), fc.string({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(place, fc.nat(10_000), character, fc.boolean(), async (index, pick, text, isAdded) => {
        const line = lines[index] as string;
        const at = pick % line.length;
        const changed = line.slice(0, at) + text + line.slice(isAdded ? at : at + 1);
        fc.pre(changed !== line);
        expect(await faultIn(lines.with(index, changed))).toMatchObject({ line: index + 1, sequence: index + 1 });
      }),
      { numRuns: 2_000 },
    );
  });

  test('any run of records that misses is named', async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 5 }), async (from, count) => {
        fc.pre(from + count < size);
        const fault = await faultIn(lines.toSpliced(from, count));
        expect(fault).toEqual({ is: 'missing', line: from + 1, from: from + 1, to: from + count });
      }),
    );
  });

  test('a record that was moved is named with the one in whose place it stands', async () => {
    await fc.assert(
      fc.asyncProperty(place, place, async (from, to) => {
        fc.pre(from !== to);
        const moved = lines.toSpliced(from, 1).toSpliced(to, 0, lines[from] as string);
        const first = Math.min(from, to) + 1;
        expect(await faultIn(moved)).toMatchObject({ is: 'reordered', line: first, expected: first });
      }),
    );
  });

  test('a record that was put in again is named', async () => {
    await fc.assert(
      fc.asyncProperty(place, place, async (record, to) => {
        fc.pre(to > record);
        const fault = await faultIn(lines.toSpliced(to, 0, lines[record] as string));
        expect(fault).toEqual({ is: 'duplicated', line: to + 1, sequence: record + 1 });
      }),
    );
  });

  test('any end that is cut off leaves an unsigned tail of the length that is left, or a checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: size }), async (count) => {
        const verdict = await verifyJournal(lines.slice(0, count), pair.trusted);
        const unsigned = count % 8;
        expect(verdict).toMatchObject(unsigned === 0 ? { is: 'signed' } : { is: 'unsigned-tail', unsigned });
      }),
    );
  });
});
