import stringWidth from 'string-width';
import { cut, padded } from './cut.ts';

const gap = '  ';

export interface ColumnOf<T> {
  header: string;
  text: (row: T) => string;
  /** Gives way when the terminal is narrow. */
  isFlexible?: boolean;
  /** Is left out where it says nothing of any row. */
  isRare?: boolean;
  isNumber?: boolean;
  /** Colours what is shown; it has its final width. */
  colour?: (text: string, row: T) => string;
}

/** Rows in columns no wider than the terminal: flexible ones give way, the widest first, down to their headers. */
export function table<T>(all: readonly ColumnOf<T>[], rows: readonly T[], width: number): string[] {
  const columns = all.filter(({ isRare, text }) => isRare !== true || rows.some((row) => text(row) !== ''));
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ header }, index) =>
    Math.max(stringWidth(header), ...cells.map((row) => stringWidth(row[index] ?? ''))),
  );
  const total = (): number => widths.reduce((sum, each) => sum + each + gap.length, -gap.length);
  while (total() > width) {
    const widest = columns.reduce((best, { isFlexible, header }, index) => {
      const size = widths[index] ?? 0;
      return isFlexible === true && size > stringWidth(header) && size > (widths[best] ?? 0) ? index : best;
    }, -1);
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const line = (texts: readonly string[], row?: T): string =>
    columns
      .map(({ isNumber, colour }, index) => {
        const shown = cut(texts[index] ?? '', widths[index] ?? 0);
        const size = widths[index] ?? 0;
        const text =
          isNumber === true ? ' '.repeat(Math.max(0, size - stringWidth(shown))) + shown : padded(shown, size);
        return colour === undefined || row === undefined ? text : colour(text, row);
      })
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ header }) => header)), ...cells.map((texts, index) => line(texts, rows[index]))].map(
    (text) => cut(text, width),
  );
}
