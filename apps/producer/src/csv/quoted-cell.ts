/** A cell of CSV that holds whatever it likes (RFC 4180). */
export function quotedCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
