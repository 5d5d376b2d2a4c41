import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadLines } from '../../src/streams/bad-lines.ts';
import { linesOf } from '../../src/streams/lines.ts';
import { cutAnywhere, cutAt } from '../support/cuts.ts';
import { piecesOf } from '../support/pieces.ts';

const maxBytes = 12;

async function read(pieces: Iterable<Buffer>) {
  const bad = new BadLines('line');
  const lines: [number, string | undefined][] = [];
  for await (const { first, texts } of linesOf(piecesOf(pieces), { maxBytes, bad })) {
    for (const [index, text] of texts.entries()) lines.push([first + index, text]);
  }
  return { lines, bad: bad.named };
}

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: fc.constantFrom('a', '"', ' ', '\u20ac', '\u{1f600}', '\r'), maxLength: 8 }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\ufeff', 'far longer than any line', '\u20ac'.repeat(4), '\u20ac'.repeat(5)),
  },
);

describe('lines', () => {
  test('are the same wherever their bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), cutAnywhere, async (texts, isEnded, places) => {
        const bytes = Buffer.from(texts.join('\n') + (isEnded ? '\n' : ''));
        const all = bytes.toString('utf8').split('\n');
        if (all.at(-1) === '') all.pop();
        if (all[0]?.startsWith('\ufeff')) all[0] = all[0].slice(1);
        // What a byte order mark takes counts, where there is one.
        const wholes = bytes.toString('utf8').split('\n');
        const { lines, bad } = await read(cutAt(bytes, places));
        expect(lines).toEqual(
          all.map((text, index) => [index + 1, Buffer.byteLength(wholes[index] ?? '') > maxBytes ? undefined : text]),
        );
        expect(bad.length).toBe(Math.min(20, lines.filter(([, text]) => text === undefined).length));
      }),
    );
  });

  test.each([[1], [3], [100]])('that are no UTF-8 are bad, in pieces of %i bytes', async (size) => {
    const bytes = Buffer.concat([Buffer.from('one\n'), Buffer.from([0xff, 0x41, 0x0a]), Buffer.from('three\n\xe9')]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      Buffer.from(bytes.subarray(n * size, (n + 1) * size)),
    );
    expect(await read(pieces)).toEqual({
      lines: [
        [1, 'one'],
        [2, undefined],
        [3, 'three'],
        [4, '\xe9'],
      ],
      bad: [{ line: 2, reason: 'must be text in UTF-8' }],
    });
  });

  test('hold nothing of a line without end', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const heldBytes = () => process.memoryUsage().arrayBuffers;
    let held = 0;
    function* endless() {
      const before = heldBytes();
      for (let n = 0; n < 2_000; n += 1) yield piece;
      held = heldBytes() - before;
      yield Buffer.from('\nshort');
    }
    const { lines, bad } = await read(endless());
    expect(held).toBeLessThan(16 * 1024 * 1024);
    expect([lines, bad]).toEqual([
      [
        [1, undefined],
        [2, 'short'],
      ],
      [{ line: 1, reason: `must be at most ${maxBytes} bytes` }],
    ]);
  });

  test('are at most twice as many as the items of a request, blank ones too', async () => {
    function* blank(lines: number) {
      for (let left = lines; left > 0; left -= 100_000) yield Buffer.alloc(Math.min(left, 100_000), '\n');
    }
    const countIn = async (lines: number): Promise<number> => {
      let count = 0;
      for await (const { texts } of linesOf(piecesOf(blank(lines)), { maxBytes, bad: new BadLines('line') })) {
        count += texts.length;
      }
      return count;
    };
    expect(await countIn(10_000_000)).toBe(10_000_000);
    await expect(countIn(10_000_001)).rejects.toMatchObject({ kind: 'too-large' });
  });
});
