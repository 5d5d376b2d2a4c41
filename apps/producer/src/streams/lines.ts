import { isUtf8 } from 'node:buffer';
import { type Kind, maxItemsPerRequest, maxSessionIdLength, maxSubmissionBytes } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';
import type { BadLines } from './bad-lines.ts';

/** Lines that are blank or no items count too: of a compressed body they cost their sender nothing. */
const maxLines = 2 * maxItemsPerRequest;
/** Room for an item with every character of it escaped, and for what else stands in its line. */
export const maxLineBytes = {
  deletion: 64 * 1024 + 6 * maxSessionIdLength,
  resubmission: 64 * 1024 + 2 * maxSubmissionBytes,
} as const satisfies Record<Kind, number>;
const newline = 0x0a;
const byteOrderMark = '\ufeff';

/** Some lines of a text, in order, without their ends. */
export interface Lines {
  /** The number of the first of them, from 1. */
  first: number;
  /** `undefined` stands for a line that has been found bad. */
  texts: (string | undefined)[];
}

export interface LineOptions {
  /** A longer line is bad, and not held. */
  maxBytes: number;
  bad: BadLines;
}

/** Cuts a text that comes in pieces into lines, whatever the pieces are. A line that is too long or no UTF-8 is noted as bad. */
export async function* linesOf(pieces: AsyncIterable<Buffer>, options: LineOptions): AsyncGenerator<Lines> {
  const cutter = new LineCutter(options);
  for await (const piece of pieces) {
    const lines = cutter.cut(piece);
    if (lines !== undefined) yield lines;
  }
  const last = cutter.end();
  if (last !== undefined) yield last;
}

class LineCutter {
  private readonly maxBytes: number;
  private readonly bad: BadLines;
  /** Lines handed out. */
  private passed = 0;
  /** The beginning of a line whose end has not come; nothing of one that is too long. */
  private begun: Buffer[] = [];
  private begunBytes = 0;

  constructor({ maxBytes, bad }: LineOptions) {
    this.maxBytes = maxBytes;
    this.bad = bad;
  }

  /** The lines that end in this piece; its memory may be overwritten afterwards. */
  cut(piece: Buffer): Lines | undefined {
    const end = piece.lastIndexOf(newline);
    if (end === -1) {
      this.keep(piece);
      return undefined;
    }
    const texts: (string | undefined)[] = [];
    const first = this.passed + 1;
    let from = 0;
    if (this.begunBytes > 0) {
      from = piece.indexOf(newline) + 1;
      this.keep(piece.subarray(0, from - 1));
      texts.push(this.takeBegun());
    }
    if (from <= end) this.takeWhole(piece.subarray(from, end), texts);
    this.keep(piece.subarray(end + 1));
    return this.handOut(first, texts);
  }

  /** The last line, where no newline ends it. */
  end(): Lines | undefined {
    return this.begunBytes === 0 ? undefined : this.handOut(this.passed + 1, [this.takeBegun()]);
  }

  private handOut(first: number, texts: (string | undefined)[]): Lines {
    if (this.passed > maxLines) throw new Problem('too-large', `There may be at most ${maxLines} lines.`);
    if (first === 1 && texts[0]?.startsWith(byteOrderMark)) texts[0] = texts[0].slice(1);
    return { first, texts };
  }

  private takeWhole(bytes: Buffer, texts: (string | undefined)[]): void {
    // The text of many lines at once is made far faster than that of each.
    if (isUtf8(bytes)) {
      for (const text of bytes.toString('utf8').split('\n')) texts.push(this.judge(text));
      return;
    }
    for (let from = 0; from <= bytes.length; ) {
      const next = bytes.indexOf(newline, from);
      const end = next === -1 ? bytes.length : next;
      texts.push(this.decode(bytes.subarray(from, end)));
      from = end + 1;
    }
  }

  private judge(text: string): string | undefined {
    this.passed += 1;
    if (text.length * 3 <= this.maxBytes || Buffer.byteLength(text) <= this.maxBytes) return text;
    return this.refuse(`must be at most ${this.maxBytes} bytes`);
  }

  private decode(bytes: Buffer): string | undefined {
    if (isUtf8(bytes)) return this.judge(bytes.toString('utf8'));
    this.passed += 1;
    return this.refuse('must be text in UTF-8');
  }

  private takeBegun(): string | undefined {
    const { begun, begunBytes } = this;
    this.begun = [];
    this.begunBytes = 0;
    if (begunBytes <= this.maxBytes) return this.decode(Buffer.concat(begun));
    this.passed += 1;
    return this.refuse(`must be at most ${this.maxBytes} bytes`);
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.begunBytes += bytes.length;
    if (this.begunBytes > this.maxBytes) this.begun = [];
    else this.begun.push(Buffer.from(bytes));
  }

  private refuse(reason: string): undefined {
    this.bad.add(this.passed, reason);
    return undefined;
  }
}
