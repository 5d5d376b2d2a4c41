import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { faultOf, hashSchema } from '../schemas.ts';
import { type Entry, hashOf } from './chain.ts';
import { recordSchema } from './record.ts';

/** Longest line, in bytes: five times the longest that can be written. */
export const maxLineBytes = 256 * 1024;

const entrySchema = z.strictObject({ previous: hashSchema, record: recordSchema, hash: hashSchema });

/** The reason of half a line, as a crash or a cut leaves it. */
export const notJson = 'it is not JSON';

/** What a line says, if anything: `changed` when its hash is not that of its content, or a letter of it is not as it was written. */
export type LineReading =
  | { is: 'entry'; entry: Entry }
  | { is: 'changed'; entry: Entry }
  | { is: 'unreadable'; reason: string };

/** An entry in canonical form, without an end of line. */
export function lineOf(entry: Entry): string {
  return joined(entry, canonicalJson(entry.record));
}

export function readLine(line: string): LineReading {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { is: 'unreadable', reason: notJson };
  }
  const parsed = entrySchema.safeParse(json);
  if (!parsed.success) return { is: 'unreadable', reason: faultOf(parsed.error) };
  const entry = parsed.data;
  const canonical = canonicalJson(entry.record);
  const isWhole = hashOf(entry.previous, canonical) === entry.hash && joined(entry, canonical) === line;
  return { is: isWhole ? 'entry' : 'changed', entry };
}

/** The canonical form of an entry around that of its record: its fields come in this order. */
function joined({ hash, previous }: Entry, canonical: string): string {
  return `{"hash":"${hash}","previous":"${previous}","record":${canonical}}`;
}
