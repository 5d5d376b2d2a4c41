import { createHash } from 'node:crypto';
import type { Kind } from '@session-queue/core';
import type { Request, Response } from 'express';
import { FaultList } from '../problems/field-faults.ts';
import { wishesIn } from '../requests/ask-digest.ts';
import { BadLines } from './bad-lines.ts';
import { bodyPieces } from './body-pieces.ts';
import { csvItems } from './csv.ts';
import { linesOf, maxLineBytes } from './lines.ts';
import { MultipartBody } from './multipart.ts';
import { ndjsonItems } from './ndjson.ts';
import type { StreamFormat } from './stream-format.ts';
import { parseStreamNotes, type StreamNotes } from './stream-notes.ts';

/** A request that comes as a stream: its notes, checked, and its items, to be read once. */
export interface StreamAsk extends StreamNotes {
  kind: Kind;
  format: StreamFormat;
  /** Whose token asks. */
  keyName?: string | undefined;
  items: AsyncGenerator<readonly string[]>;
  /** The lines that are no items, of those that have been read. */
  bad: BadLines;
}

/** Reads the notes of a stream; of a form these are its first bytes. Throws a 400 that names every fault of them. */
export async function readStreamAsk(
  kind: Kind,
  format: StreamFormat,
  exchange: { request: Request; response: Response },
): Promise<StreamAsk> {
  const { request, response } = exchange;
  if (format === 'multipart') return await readFormAsk(kind, request, response);
  const notes = parseStreamNotes(kind, request.query);
  const bad = new BadLines('line');
  const options = { maxBytes: maxLineBytes[kind], bad };
  const lines = linesOf(bodyPieces(request, response), options);
  const items = format === 'csv' ? csvItems(lines, options) : ndjsonItems(kind, lines, bad);
  return { kind, format, ...notes, items, bad };
}

async function readFormAsk(kind: Kind, request: Request, response: Response): Promise<StreamAsk> {
  const bad = new BadLines('file');
  const pieces = bodyPieces(request, response);
  try {
    const form = new MultipartBody(pieces, request.get('content-type') ?? '', bad);
    const fields = await form.fields();
    const notes = parseStreamNotes(kind, { ...request.query, ...fields });
    refuseTwice(Object.keys(fields).filter((name) => Object.hasOwn(request.query, name)));
    return { kind, format: 'multipart', ...notes, items: form.items(), bad };
  } catch (error) {
    await pieces.return(undefined);
    throw error;
  }
}

function refuseTwice(names: readonly string[]): void {
  const faults = new FaultList();
  for (const name of names) faults.add(name, 'must be given once, in the query or in the form');
  faults.throwIfAny();
}

/** SHA-256 of what is asked but for the items: those are known at the end only, and core compares them. As `digestAsk`. */
export function digestStream({ kind, format, notes, onInvalid, ignoreResponseRevisions }: StreamAsk): string {
  const { consumer, reason, requestedBy } = notes;
  const given = Object.entries({ consumer, reason, requestedBy }).filter(([, note]) => note !== undefined);
  const asked = ['stream', kind, format, onInvalid, ignoreResponseRevisions ?? false, given, ...wishesIn(notes)];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
