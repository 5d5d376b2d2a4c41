import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { cellsOf } from '../../src/csv/cells.ts';
import { BadLines } from '../../src/streams/bad-lines.ts';
import { csvItems } from '../../src/streams/csv.ts';
import { linesOf } from '../../src/streams/lines.ts';
import { cutAnywhere, cutAt } from '../support/cuts.ts';
import { collect, piecesOf } from '../support/pieces.ts';

const uuid = '88336e4c-04de-4274-ae31-39957b230f98';
const other = '0f3a0000-0000-4000-8000-000000000001';

async function ids(text: string, places: readonly number[] = []) {
  const bad = new BadLines('line');
  const options = { maxBytes: 1_000, bad };
  const pieces = piecesOf(cutAt(Buffer.from(text), places));
  return { ids: await collect(csvItems(linesOf(pieces, options), options)), bad: bad.named };
}

describe('the cells of a record', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '\n', ';'), maxLength: 6 });
  const written = fc
    .tuple(cell, fc.boolean())
    .map(([text, isQuoted]) =>
      isQuoted || /[",\n]/.test(text)
        ? { text: text.trim() === '' ? '' : text, as: ` "${text.replaceAll('"', '""')}" ` }
        : { text: text.trim(), as: text },
    );

  test('are those that were written', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 5 }), (cells) => {
        expect(cellsOf(cells.map(({ as }) => as).join(','), ',')).toEqual(cells.map(({ text }) => text));
      }),
    );
  });

  test('are those that csv-parse reads', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ' '), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(text, (record) => {
        fc.pre(record.trim() !== '');
        const cells = cellsOf(record, ',');
        // It takes some records in which quotes stand amid a cell, each in its own way.
        fc.pre(typeof cells !== 'string');
        const [read] = parse(record, { trim: true });
        expect(cells).toEqual(read?.map((cell) => (cell.trim() === '' ? '' : cell)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the session ids of CSV', () => {
  test.each([
    ['one column without a name', `${uuid}\n${other}\n`, [uuid, other]],
    ['one column under a name', `learner session\r\n${uuid}\r\n`, [uuid]],
    ['a single id', 'a', ['a']],
    ['ids that are no UUIDs', 'a\nb', ['a', 'b']],
    ['a named column among others', `name;Session ID\nx;${uuid}\n;${other}`, [uuid, other]],
    ['quotes, a byte order mark, blank lines', `\ufeff"a,b",session_id\n\n"x""y", "${uuid}" \n,\n`, [uuid]],
    [
      'rows with empty cells at their end, or without the last cells',
      `session_id,note\n${uuid},,\n${other}`,
      [uuid, other],
    ],
    ['a column above commas without cells', `session_id,\n${uuid},\n${other}`, [uuid, other]],
    ['one column of quoted separators', `a\n"b,c"\n"d;e"`, ['a', 'b,c', 'd;e']],
    ['quoted cells with spaces at their ends', `"session_id "\n" a"\n"b "\n" c "," "\n d \n`, [' a', 'b ', ' c ', 'd']],
    ['quotes around a UUID and white space', `note,session_id\n,"${uuid} "\n" "," ${other}"\n`, [uuid, other]],
    ['a cell over some lines', `session_id\tnote\n${uuid}\t"one\n\ntwo"\n${other}\t\n`, [uuid, other]],
  ])('are read from %s, wherever it is cut', async (_what, text, expected) => {
    await fc.assert(
      fc.asyncProperty(cutAnywhere, async (places) => {
        expect(await ids(text, places)).toEqual({ ids: expected, bad: [] });
      }),
      { numRuns: 30 },
    );
  });

  test('are judged by their lines', async () => {
    const text = `session_id,note\n${uuid},\n,x\n5" nail,x\n"a\nb",x\n${'y'.repeat(256)},\n${other}\n`;
    expect(await ids(text)).toEqual({
      ids: [uuid, other],
      bad: [
        { line: 3, reason: 'must not be empty' },
        { line: 4, reason: 'is not correct CSV: a quote stands amid a cell' },
        { line: 5, reason: 'must hold no control characters' },
        { line: 7, reason: 'must be at most 255 characters' },
      ],
    });
  });

  test.each([
    ['a separator in a cell before that of the id', `name,session_id\nDoe, Jane,${uuid}\nRoe,${other}\n`],
    ['the same above empty cells', `name,session_id,,\nDoe, Jane,${uuid},\nRoe,${other},,\n`],
    ['a comma below one column', `${other}\na,${uuid}\n`],
    ['a semicolon below one column', `session_id\n${uuid};a\n${other}\n`],
  ])('are none in a record that is wider than the first: %s', async (_what, text) => {
    expect(await ids(text)).toEqual({ ids: [other], bad: [{ line: 2, reason: 'has more cells than the first line' }] });
  });

  test('are none in a record that ends before them', async () => {
    expect(await ids(`name,session_id\nDoe\nRoe,${other}\n`)).toEqual({
      ids: [other],
      bad: [{ line: 2, reason: 'has fewer cells than the first line' }],
    });
  });

  test.each([
    ['of several columns without the name', `id,name\n${uuid},x\n`, 'line 1'],
    ['of several columns below a title', `Sessions of May\nname,session_id\nx,${uuid}\n`, 'line 1'],
    ['whose quote is never closed', `session_id\n${uuid}\n"${other}\n${uuid}\n`, 'line 3'],
    ['whose quote is not closed for long', `session_id\n"${'a\n'.repeat(1_000)}`, 'line 2'],
    ['whose quote is open over a line that is too long', `"a\n${'x'.repeat(2_000)}\nb"`, 'line 1'],
  ])('are refused in a text %s', async (_what, text, field) => {
    await expect(ids(text)).rejects.toMatchObject({ kind: 'invalid-request', details: { errors: [{ field }] } });
  });
});
