import { fileFailure, type OpenBytes } from './bytes.ts';
import { ColumnReader } from './column-reader.ts';
import { linesOf } from './lines.ts';
import type { Entry } from './source.ts';

/** What would make a line more than one id. */
const special = /[",;\t]/;
/** A longer line is no id, whatever its characters. */
const maxLineBytes = 16 * 1024;

/** Whether bytes look like one id a line: such lists may be long, and are read ten times as fast as CSV. */
export function looksPlain(head: Buffer): boolean {
  const isUtf16 = head[0] === 0xff || head[0] === 0xfe || head.includes(0);
  return !isUtf16 && !special.test(head.toString('latin1'));
}

/** One id a line, maybe below a header. What looks like CSV further down is not guessed at. */
export async function* plainEntries(name: string, { stream }: OpenBytes): AsyncGenerator<Entry[]> {
  const reader = new ColumnReader(name, undefined);
  try {
    for await (const lines of linesOf(stream, maxLineBytes)) {
      const records = lines.map(({ number, text = ' ' }) => ({ line: number, cells: [text] }));
      yield reader.read(records).map(checked);
    }
  } catch (cause) {
    throw fileFailure(name, cause);
  }
  yield reader.end().map(checked);
}

function checked(entry: Entry): Entry {
  if (!special.test(entry.text)) return entry;
  return {
    ...entry,
    text: '',
    fault: 'holds a quote or a separator, and no line before did: one id a line, or CSV with --column',
  };
}
