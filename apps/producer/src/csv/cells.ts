import { isUuid } from './uuid.ts';

/** What a text is as a record: its cells; `open` where a quote still waits for its end, `bad` where quotes stand amid a cell. */
export type Record = readonly string[] | 'open' | 'bad';

const quote = '"';

/** The cells of a record of CSV (RFC 4180), without the white space around them; that within quotes is a part of the cell. */
export function cellsOf(text: string, delimiter: string): Record {
  if (!text.includes(quote)) return text.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    at = skipSpace(text, at, delimiter);
    if (text[at] === quote) {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return 'open';
      cells.push(cellOfQuoted(quoted.cell));
      at = skipSpace(text, quoted.next, delimiter);
    } else {
      const next = text.indexOf(delimiter, at);
      const end = next === -1 ? text.length : next;
      const cell = text.slice(at, end);
      if (cell.includes(quote)) return 'bad';
      cells.push(cell.trim());
      at = end;
    }
    if (at >= text.length) return cells;
    if (text[at] !== delimiter) return 'bad';
  }
}

/** Session ids may have spaces at their ends. Around a UUID, or alone, they are a slip: as an id they would name no session, and pass for gone. */
function cellOfQuoted(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || isUuid(trimmed) ? trimmed : text;
}

/** The cell whose opening quote is at `from`, and where the text goes on behind it. */
function readQuoted(text: string, from: number): { cell: string; next: number } | undefined {
  const parts: string[] = [];
  for (let start = from + 1; ; ) {
    const end = text.indexOf(quote, start);
    if (end === -1) return undefined;
    parts.push(text.slice(start, end));
    if (text[end + 1] !== quote) return { cell: parts.join(quote), next: end + 1 };
    start = end + 2;
  }
}

function skipSpace(text: string, from: number, delimiter: string): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === delimiter || character.trim() !== '') break;
  }
  return at;
}
