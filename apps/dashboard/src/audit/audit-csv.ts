import type { AuditEntry } from '@session-queue/core/engine';

const columns = [
  'at',
  'who',
  'role',
  'action',
  'target',
  'outcome',
  'reason',
  'detail',
  'way',
  'address',
  'id',
] as const;

/** The first line of the file. */
export const auditCsvHead = `${columns.join(',')}\r\n`;

/** An entry as a line of RFC 4180. */
export function auditCsvLine(entry: AuditEntry): string {
  return `${columns.map((column) => csvField(entry[column] ?? '')).join(',')}\r\n`;
}

/** In quotes, so that commas and quotes are its own; a spreadsheet must not take what people wrote for a formula. */
function csvField(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
