import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { CommandFailure } from '../../../src/cli/exit-codes.ts';
import { idSources } from '../../../src/cli/input/id-sources.ts';
import { linesOf } from '../../../src/cli/input/lines.ts';
import type { Entry } from '../../../src/cli/input/source.ts';

const one = '11111111-0000-4000-8000-000000000001';
const two = '22222222-0000-4000-8000-000000000002';

async function read(text: string | Buffer, column?: string, name = 'ids.csv'): Promise<string[]> {
  const entries = await entriesOf(text, column, name);
  const fault = entries.find((entry) => entry.fault !== undefined);
  if (fault !== undefined) throw new Error(`line ${fault.line}: ${fault.fault}`);
  return entries.map((entry) => entry.text);
}

async function entriesOf(text: string | Buffer, column?: string, name = 'ids.csv'): Promise<Entry[]> {
  const bytes = Buffer.from(text);
  const stdin = { name, open: () => Readable.from(piecesOf(bytes, 64 * 1024), { objectMode: false }) };
  const [source] = idSources({ ids: [], files: ['-'], column }, stdin);
  const entries: Entry[] = [];
  for await (const some of source?.entries() ?? []) entries.push(...some);
  return entries;
}

function piecesOf(bytes: Buffer, size: number): Buffer[] {
  const starts = Array.from({ length: Math.max(1, Math.ceil(bytes.length / size)) }, (_, n) => n * size);
  return starts.map((start) => bytes.subarray(start, start + size));
}

describe('a list of session ids', () => {
  test.each([
    ['one id a line', `${one}\n${two}\n`],
    ['Windows line ends and no last one', `${one}\r\n${two}`],
    ['blank lines and spaces around', `\n  ${one} \n\n\t${two}\n \n`],
    ['a header known by name', `session_id\n${one}\n${two}\n`],
    ['a header of another name above UUIDs', `Kennung\n${one}\n${two}\n`],
    ['a byte order mark', `\ufeffsession_id\n${one}\n${two}\n`],
    ['further columns', `user_id,Session ID,score\nu1,${one},5\nu2,${two},6\n`],
    ['semicolons', `user_id;session_id\n"a;b";${one}\nu2;${two}\n`],
    ['tabs', `session_id\tuser_id\n${one}\tu1\n${two}\tu2\n`],
    ['quotes, with separators, quotes and line ends within', `name,session_id\n"a, ""b""\nc","${one}"\nx,${two}\n`],
    ['rows that are empty but for separators', `session_id,user\n${one},u\n,\n${two},u\n`],
  ])('is read with %s', async (_what, text) => {
    expect(await read(text)).toEqual([one, two]);
    expect(await read(gzipSync(text))).toEqual([one, two]);
  });

  test('is read from UTF-16, as spreadsheets write it', async () => {
    const text = Buffer.from(`\ufeffsession_id\n${one}\n${two}\n`, 'utf16le');
    expect(await read(text)).toEqual([one, two]);
  });

  test('keeps ids that are no UUIDs, quoted ones with commas too, and duplicates', async () => {
    expect(await read('plain-id\n"with, comma"\nplain-id\n')).toEqual(['plain-id', 'with, comma', 'plain-id']);
  });

  test('is taken from the named column, whatever else is there', async () => {
    expect(await read(`session_id,other\nx,${one}\ny,${two}\n`, ' OTHER ')).toEqual([one, two]);
  });

  test.each([
    ['strings', `"${one}"\n\n"${two}"\n`, 'ids.ndjson'],
    ['objects, known by the first brace', `{"sessionId":"${one}","x":1}\n{"session_id":"${two}"}`, 'ids.txt'],
    ['strings of packed files', gzipSync(`"${one}"\n"${two}"`), 'ids.jsonl.gz'],
  ])('is NDJSON of %s', async (_what, text, name) => {
    expect(await read(text, undefined, name)).toEqual([one, two]);
  });

  test('says of each line why it is no item, and goes on', async () => {
    const json = await entriesOf(`"${one}"\n{"id":1}\n[]\nno\n"${two}"`, undefined, 'ids.ndjson');
    expect(json.map(({ line, fault }) => [line, fault ?? 'good'])).toEqual([
      [1, 'good'],
      [2, 'must be a JSON string, or an object with sessionId'],
      [3, 'must be a JSON string, or an object with sessionId'],
      [4, 'must be a JSON string, or an object with sessionId'],
      [5, 'good'],
    ]);
    const ragged = await entriesOf(`session_id\n"${one}"\n${two},x\n`);
    expect(ragged.map(({ fault }) => fault ?? 'good')).toEqual([
      'good',
      'has several columns, where the first line has one',
    ]);
  });

  test('is not taken for CSV because of a comma far below plain lines: that line is bad', async () => {
    const entries = await entriesOf(`${`${one}\n`.repeat(20_000)}${two},x\n`);
    expect(entries).toHaveLength(20_001);
    expect(entries.at(-1)).toMatchObject({ line: 20_001, fault: expect.stringContaining('a quote or a separator') });
  });

  test('is the same however its bytes come in pieces', async () => {
    const text = Buffer.from(`\ufeffsession_id\r\n${one}\r\n  é€😀 \r\n\r\n${two}`);
    for (const size of [1, 2, 3, 7]) {
      const lines: string[] = [];
      for await (const some of linesOf(Readable.from(piecesOf(text, size), { objectMode: false }), 1_000)) {
        lines.push(...some.map(({ number, text: line }) => `${number} ${line}`));
      }
      expect(lines).toEqual(['1 session_id', `2 ${one}`, '3 é€😀', `5 ${two}`]);
    }
  });

  test('never holds a line that is longer than any item', async () => {
    const entries = await entriesOf(`"${one}"\n"${'x'.repeat(3 * 1024 * 1024)}"\n"${two}"`, undefined, 'a.ndjson');
    expect(entries.map(({ fault }) => fault ?? 'good')).toEqual(['good', 'is longer than any item', 'good']);
  });

  test.each([
    ['an empty file', '', undefined, /ids\.csv holds no session ids/],
    ['a header alone', 'session_id\n', undefined, /only the names of its columns/],
    ['several columns of unknown names', 'a,b\n1,2\n', undefined, /name one with --column, of "a", "b"/],
    ['a column that is not there', 'session_id,b\n1,2\n', 'c', /no column "c", but "session_id", "b"/],
    ['an open quote', `session_id\n"${one}\n`, undefined, /not a correct CSV file/],
    ['half a gzip file', gzipSync(one.repeat(99)).subarray(0, 30), undefined, /no whole gzip file/],
  ])('is refused before anything is sent: %s', async (_what, text, column, message) => {
    await expect(read(text, column)).rejects.toThrow(message);
    await expect(read(text, column)).rejects.toThrow(CommandFailure);
  });
});
