import { quotedCell } from '../csv/quoted-cell.ts';

/** How lists of sessions are written: so that `POST /v1/deletions` and the command line read them. */
export const sessionFormats = {
  csv: { head: 'session_id\n', line: (id: string) => `${isPlain(id) ? id : quotedCell(id)}\n` },
  ndjson: { head: '', line: (id: string) => `${JSON.stringify(id)}\n` },
} as const;
export type SessionsFormat = keyof typeof sessionFormats;

/** What no reader takes for a separator, a quote or a space to be cut off. */
function isPlain(id: string): boolean {
  return /^[\w.-]+$/.test(id);
}
