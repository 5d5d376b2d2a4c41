import stringWidth from 'string-width';
import { cut, padded } from './cut.ts';

const gap = '  ';
const between = ' · ';
const indent = '  ';

export interface ColumnOf<T> {
  header: string;
  text: (row: T) => string;
  /** It gives way when the terminal is narrow, down to so many characters: of less nobody reads much. */
  least?: number;
  /** Is left out where it says nothing of any row. */
  isRare?: boolean;
  isNumber?: boolean;
  /** Colours what is shown; it has its final width. */
  colour?: (text: string, row: T) => string;
}

/**
 * Rows in columns no wider than the terminal: those that may give way, the widest first. Where that is not enough each row is a card: its
 * first cell, and beneath it the others by their headers.
 */
export function table<T>(all: readonly ColumnOf<T>[], rows: readonly T[], width: number): string[] {
  const columns = all.filter(({ isRare, text }) => isRare !== true || rows.some((row) => text(row) !== ''));
  const widths = widthsWithin(columns, rows, width);
  if (widths === undefined) return rows.flatMap((row) => cardOf(columns, row, width));
  const sized = columns.map((column, index) => ({ column, size: widths[index] ?? 0 }));
  const headers = sized.map(({ column, size }) => aligned(column, column.header, size));
  const lines = rows.map((row) =>
    sized.map(({ column, size }) => coloured(column, aligned(column, cut(column.text(row), size), size), row)),
  );
  return [headers, ...lines].map((cells) => cells.join(gap).trimEnd());
}

/** How wide each column is; `undefined` where they do not fit. */
function widthsWithin<T>(columns: readonly ColumnOf<T>[], rows: readonly T[], width: number): number[] | undefined {
  const sizes = columns.map(({ header, text, least }) => {
    const size = rows.reduce((widest, row) => Math.max(widest, stringWidth(text(row))), stringWidth(header));
    return { size, least: least === undefined ? size : Math.max(stringWidth(header), Math.min(size, least)) };
  });
  let over = sizes.reduce((sum, { size }) => sum + size + gap.length, -gap.length) - width;
  for (; over > 0; over -= 1) {
    const [widest] = sizes.filter(({ size, least }) => size > least).sort((a, b) => b.size - a.size);
    if (widest === undefined) return undefined;
    widest.size -= 1;
  }
  return sizes.map(({ size }) => size);
}

function cardOf<T>([first, ...others]: readonly ColumnOf<T>[], row: T, width: number): string[] {
  const lines = [first?.text(row) ?? ''];
  let line = '';
  for (const column of others) {
    const text = column.text(row);
    if (text === '') continue;
    const fact = `${column.header.toLowerCase()} ${coloured(column, text, row)}`;
    const longer = line === '' ? indent + fact : line + between + fact;
    if (line === '' || stringWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = indent + fact;
    }
  }
  return [...lines, line].map((each) => cut(each, width)).filter((each) => each !== '');
}

function aligned<T>({ isNumber }: ColumnOf<T>, text: string, size: number): string {
  return isNumber === true ? ' '.repeat(Math.max(0, size - stringWidth(text))) + text : padded(text, size);
}

function coloured<T>({ colour }: ColumnOf<T>, text: string, row: T): string {
  return colour === undefined ? text : colour(text, row);
}
