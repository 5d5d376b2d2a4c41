import { describe, expect, test } from '@jest/globals';
import { CommandFailure } from '../../src/cli/exit-codes.ts';
import { readSessionIds } from '../../src/cli/input/session-ids.ts';

const one = '11111111-0000-4000-8000-000000000001';
const two = '22222222-0000-4000-8000-000000000002';

function read(text: string | Buffer, column?: string): string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return readSessionIds({ name: 'ids.csv', bytes, ...(column === undefined ? {} : { column }) });
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
  ])('is read with %s', (_what, text) => {
    expect(read(text)).toEqual([one, two]);
  });

  test('is read from UTF-16, as spreadsheets write it', () => {
    expect(read(Buffer.from(`\ufeffsession_id\n${one}\n${two}\n`, 'utf16le'))).toEqual([one, two]);
  });

  test('keeps ids that are no UUIDs, quoted ones with commas too, and duplicates', () => {
    expect(read('plain-id\n"with, comma"\nplain-id\n')).toEqual(['plain-id', 'with, comma', 'plain-id']);
  });

  test('is taken from the named column, whatever else is there', () => {
    expect(read(`session_id,other\nx,${one}\ny,${two}\n`, ' OTHER ')).toEqual([one, two]);
  });

  test.each([
    ['an empty file', '', undefined, /ids\.csv holds no session ids/],
    ['a header alone', 'session_id\n', undefined, /only the names of its columns/],
    ['several columns of unknown names', 'a,b\n1,2\n', undefined, /name one with --column, of "a", "b"/],
    ['a column that is not there', 'session_id,b\n1,2\n', 'c', /no column "c", but "session_id", "b"/],
    [
      'an empty id beside other cells',
      `session_id,b\n${one},1\n,2\n`,
      undefined,
      /line 3: the session id must not be empty/,
    ],
    [
      'an id too long',
      `${one}\n${'x'.repeat(256)}\n`,
      undefined,
      /line 2: the session id must be at most 255 characters/,
    ],
    ['an open quote', `session_id\n"${one}\n`, undefined, /not a correct CSV file/],
  ])('is refused before anything is sent: %s', (_what, text, column, message) => {
    expect(() => read(text, column)).toThrow(message);
    expect(() => read(text, column)).toThrow(CommandFailure);
  });
});
