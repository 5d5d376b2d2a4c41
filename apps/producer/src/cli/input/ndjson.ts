import { type Kind, maxSubmissionBytes } from '@session-queue/core';
import { z } from 'zod';
import type { OpenBytes } from './bytes.ts';
import { type Line, linesOf } from './lines.ts';
import type { Entry } from './source.ts';

/** An item of 2 MB with the frame that a line may put around it; every other line is shorter. */
const maxLineBytes = maxSubmissionBytes + 64 * 1024;

const fields = { deletion: ['sessionId', 'session_id'], resubmission: ['submission'] } as const satisfies Record<
  Kind,
  readonly string[]
>;
const objectSchema = z.record(z.string(), z.unknown());

/** Whether bytes look like JSON lines: an object, or for what is never quoted else, a string. */
export function looksLikeJson(kind: Kind, head: Buffer): boolean {
  const first = head
    .toString('utf8', 0, 1_024)
    .replace(/^\ufeff/, '')
    .trimStart()
    .charAt(0);
  return first === '{' || (first === '"' && kind === 'resubmission');
}

/** NDJSON: each line a JSON string, or an object that holds the item. */
export async function* ndjsonEntries(kind: Kind, { stream }: OpenBytes): AsyncGenerator<Entry[]> {
  for await (const lines of linesOf(stream, maxLineBytes)) yield lines.map((line) => entryOf(kind, line));
}

function entryOf(kind: Kind, { number: line, text }: Line): Entry {
  if (text === undefined) return { line, text: '', fault: 'is longer than any item' };
  const item = itemIn(kind, text);
  return item === undefined ? { line, text: '', fault: faultOf(kind) } : { line, text: item };
}

function itemIn(kind: Kind, text: string): string | undefined {
  const value = parse(text);
  if (typeof value === 'string') return value;
  const parsed = objectSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const found = fields[kind].map((field) => parsed.data[field]).find((item) => item !== undefined);
  return typeof found === 'string' ? found : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf(kind: Kind): string {
  return `must be a JSON string, or an object with ${fields[kind][0]}`;
}
