import { setImmediate as nextTurn } from 'node:timers/promises';
import { Dicer } from '@fastify/busboy';
import { itemFault, maxItemsPerRequest, maxSubmissionBytes } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';
import type { BadLines } from './bad-lines.ts';
import { MultipartPart } from './multipart-part.ts';

/** White space around a submission is no part of it: line ends of editors, and some more. */
const maxPartBytes = maxSubmissionBytes + 1024;
const maxFields = 50;
const maxParts = 2 * maxItemsPerRequest;
const boundaryParameter = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;

/**
 * `multipart/form-data` with the learners' files, each a submission as base64, and before them the notes as fields. A part that is
 * neither is a bad file. The parser is busboy's inner one: busboy itself leaves out parts that it does not understand, without a word.
 */
export class MultipartBody {
  private readonly pieces: AsyncGenerator<Buffer>;
  private readonly bad: BadLines;
  private readonly dicer: Dicer;
  /** Those that have begun to come and were not taken yet, in order. */
  private readonly parts: MultipartPart[] = [];
  private readonly noted = new Map<string, string>();
  /** Resolves at the closing boundary. A last write may never be said to be done. */
  private readonly closed: Promise<void>;
  private isClosed = false;
  private failure: unknown;
  private begun = 0;
  private files = 0;
  private isOver = false;

  constructor(pieces: AsyncGenerator<Buffer>, contentType: string, bad: BadLines) {
    this.pieces = pieces;
    this.bad = bad;
    this.dicer = new Dicer({ boundary: boundaryOf(contentType), maxHeaderPairs: 50 });
    this.dicer.on('part', (part) => {
      this.begun += 1;
      this.parts.push(new MultipartPart(part, maxPartBytes));
    });
    this.dicer.on('error', (error: Error) => {
      this.failure ??= error;
    });
    this.closed = new Promise((resolve) => {
      this.dicer.on('finish', () => {
        this.isClosed = true;
        resolve();
      });
    });
  }

  /** Reads up to the first file; answers with the fields before it. */
  async fields(): Promise<Record<string, string>> {
    while (!this.isPastFields() && (await this.readOn()));
    // Unlike an assignment, this makes a field of "__proto__" too.
    return Object.fromEntries(this.noted);
  }

  /** The submissions. */
  async *items(): AsyncGenerator<readonly string[]> {
    try {
      do {
        const items: string[] = [];
        for (let part = this.takeEnded(); part !== undefined; part = this.takeEnded()) {
          const item = this.itemOf(part);
          if (item !== undefined) items.push(item);
        }
        if (items.length > 0) yield items;
      } while (await this.readOn());
    } finally {
      await this.pieces.return(undefined);
    }
  }

  private isPastFields(): boolean {
    while (this.parts[0]?.is === 'field' && this.parts[0].isEnded) this.note(this.parts.shift());
    const is = this.parts[0]?.is ?? 'unknown';
    return is !== 'unknown' && is !== 'field';
  }

  private note(field: MultipartPart | undefined): void {
    const text = field?.isTooLong ? undefined : field?.text();
    if (field === undefined || text === undefined) throw wrong('holds a field that is too long, or no text in UTF-8');
    if (this.noted.has(field.name)) throw wrong('holds a field twice');
    this.noted.set(field.name, text);
    if (this.noted.size > maxFields) throw wrong('holds too many fields');
  }

  private takeEnded(): MultipartPart | undefined {
    return this.parts[0]?.isEnded ? this.parts.shift() : undefined;
  }

  private itemOf(part: MultipartPart): string | undefined {
    if (part.is === 'field') throw wrong('holds a field behind a file: the fields go first');
    this.files += 1;
    const text = part.isTooLong ? 'A'.repeat(maxSubmissionBytes + 4) : part.text()?.trim();
    const fault =
      part.is === 'file' ? itemFault('resubmission', text) : 'must have Content-Disposition: form-data with a name';
    if (fault === undefined) return text;
    this.bad.add(this.files, fault);
    return undefined;
  }

  /** Reads the next bytes; false once there are none. */
  private async readOn(): Promise<boolean> {
    if (this.isOver) return false;
    const next = await this.pieces.next();
    if (next.done) {
      this.isOver = true;
      this.dicer.end();
    } else if (!this.isClosed) {
      // A copy: what parts hold of it they hand out later.
      const piece = Buffer.from(next.value);
      const written = new Promise<void>((resolve) => {
        this.dicer.write(piece, () => resolve());
      });
      await Promise.race([written, this.closed]);
    }
    // What the parser has to say of the bytes, it says within this turn of the event loop.
    await nextTurn();
    if (this.failure !== undefined) throw wrong('ends before its closing boundary', this.failure);
    if (this.begun > maxParts) throw new Problem('too-large', `A form may have at most ${maxParts} parts.`);
    return true;
  }
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = boundaryParameter.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw wrong('must come with a boundary in its Content-Type');
  return boundary;
}

function wrong(reason: string, cause?: unknown): Problem {
  return new Problem('invalid-request', `The form ${reason}.`, { errors: [{ field: 'body', reason }], cause });
}
