import stringWidth from 'string-width';

// An escape sequence for colours, or a character as people see it.
const pieces = /\p{Cc}\[[0-9;]*m|./gsu;
const reset = '\u001b[0m';

/** Text that takes at most so many columns of a terminal; what is cut ends in `…`. Colours take none. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const [piece] of text.matchAll(pieces)) {
    used += stringWidth(piece);
    if (used > columns - 1) break;
    kept += piece;
  }
  return `${kept}…${kept.includes('\u001b') ? reset : ''}`;
}

/** Text with spaces behind it, up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
