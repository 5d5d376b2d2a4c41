import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { CommandFailure } from '../../../src/cli/exit-codes.ts';
import { idSources } from '../../../src/cli/input/id-sources.ts';
import { BadLines } from '../../../src/streams/bad-lines.ts';
import { collect } from '../../support/pieces.ts';

const one = '11111111-0000-4000-8000-000000000001';
const two = '22222222-0000-4000-8000-000000000002';

async function read(text: string | Buffer, column?: string, name = 'ids.csv'): Promise<string[]> {
  const { ids, bad } = await readAll(text, column, name);
  const [first] = bad.named;
  if (first !== undefined) throw new Error(`line ${first.line}: ${first.reason}`);
  return ids;
}

async function readAll(text: string | Buffer, column?: string, name = 'ids.csv') {
  const bytes = Buffer.from(text);
  const stdin = { name, open: () => Readable.from(piecesOf(bytes, 64 * 1024), { objectMode: false }) };
  const [source] = idSources({ ids: [], files: ['-'], column }, stdin);
  const bad = new BadLines('line');
  return { ids: await collect(source?.items(bad) ?? Readable.from([])), bad };
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
    const json = await readAll(
      `"${one}"\n{"id":1}\n[]\nno\n{"sessionId":"a","sessionId":"b"}\n"${two}"`,
      undefined,
      'a.ndjson',
    );
    expect(json.ids).toEqual([one, two]);
    expect(json.bad.named).toEqual([
      { line: 2, reason: 'must be a string, or an object with the field sessionId' },
      { line: 3, reason: 'must be a string, or an object with the field sessionId' },
      { line: 4, reason: 'is not JSON' },
      { line: 5, reason: 'is not JSON' },
    ]);
    const ragged = await readAll(`session_id\n"${one}"\n${two},x\n`);
    expect(ragged).toMatchObject({
      ids: [one],
      bad: { named: [{ line: 3, reason: 'has more cells than the first line' }] },
    });
  });

  test.each([
    ['one id a line', `${one}\npr\xfcfung-1\n${two}\n`, 'ids.txt'],
    ['CSV', `session_id,name\n${one},x\npr\xfcfung-1,y\n${two},z\n`, 'ids.csv'],
    ['CSV with quotes', `session_id,name\n${one},"x"\n"pr\xfcfung-1","y"\n${two},"z"\n`, 'ids.csv'],
    ['NDJSON', `"${one}"\n"pr\xfcfung-1"\n"${two}"\n`, 'ids.ndjson'],
  ])('takes no id from a line that is not UTF-8, in %s', async (_what, text, name) => {
    const { ids, bad } = await readAll(Buffer.from(text, 'latin1'), undefined, name);
    expect(ids).toEqual([one, two]);
    expect(bad.named).toEqual([{ line: text.startsWith('session') ? 3 : 2, reason: 'must be text in UTF-8' }]);
  });

  test('takes no id from a record with a separator too many, or without that cell', async () => {
    const { ids, bad } = await readAll(`name,session_id\nDoe, Jane,${two}\nRoe\nPoe,${one},\n`);
    expect(ids).toEqual([one]);
    expect(bad.named).toEqual([
      { line: 2, reason: 'has more cells than the first line' },
      { line: 3, reason: 'has fewer cells than the first line' },
    ]);
    const named = await readAll(`Kennung;name\n${one};a\n${two};b;c\n`, 'kennung');
    expect([named.ids, named.bad.count]).toEqual([[one], 1]);
  });

  test('is not taken for CSV because of a separator far below plain lines: that line is bad', async () => {
    for (const separator of [',', ';', '\t']) {
      const { ids, bad } = await readAll(`${`${one}\n`.repeat(20_000)}${two}${separator}x\n`);
      expect(ids).toHaveLength(20_000);
      expect(bad.named).toEqual([{ line: 20_001, reason: 'has more cells than the first line' }]);
    }
  });

  test('is the same however its bytes come in pieces', async () => {
    const text = `\ufeffsession_id\r\n${one}\r\n  é€😀 \r\n\r\n${two}`;
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
      // The first piece is looked at.
      for (const size of [3, 4, 7]) {
        const open = () => Readable.from(piecesOf(bytes, size), { objectMode: false });
        const [source] = idSources({ ids: [], files: ['-'] }, { name: 'ids.csv', open });
        expect(await collect(source?.items(new BadLines('line')) ?? Readable.from([]))).toEqual([one, 'é€😀', two]);
      }
    }
  });

  test('never holds a line that is longer than any item', async () => {
    const { ids, bad } = await readAll(`"${one}"\n"${'x'.repeat(3 * 1024 * 1024)}"\n"${two}"`, undefined, 'a.ndjson');
    expect(ids).toEqual([one, two]);
    expect(bad.named).toEqual([{ line: 2, reason: expect.stringMatching(/^must be at most \d+ bytes$/) }]);
  });

  test.each([
    ['an empty file', '', undefined, /ids\.csv holds no session ids/],
    ['a header alone', 'session_id\n', undefined, /only the names of its columns/],
    ['several columns of unknown names', 'a,b\n1,2\n', undefined, /name one with --column, of "a", "b"/],
    [
      'names of columns that are not UTF-8',
      Buffer.from(`pr\xfcfung,session_id\nx,${one}\n`, 'latin1'),
      undefined,
      /ids\.csv, line 1: must be text in UTF-8\. Nothing was sent/,
    ],
    ['a column that is not there', 'session_id,b\n1,2\n', 'c', /no column "c", but "session_id", "b"/],
    [
      'an open quote',
      `session_id\n"${one}\n`,
      undefined,
      /ids\.csv: line 2: opens a quote that is never closed\. Nothing was sent/,
    ],
    [
      'half a character of UTF-16',
      Buffer.from('\ufeffa\n', 'utf16le').subarray(0, 5),
      undefined,
      /ids\.csv is no whole UTF-16/,
    ],
    ['half a gzip file', gzipSync(one.repeat(99)).subarray(0, 30), undefined, /no whole gzip file/],
  ])('is refused before anything is sent: %s', async (_what, text, column, message) => {
    await expect(read(text, column)).rejects.toThrow(message);
    await expect(read(text, column)).rejects.toThrow(CommandFailure);
  });
});
