import { isUtf8 } from 'node:buffer';
import type { Dicer } from '@fastify/busboy';

const byteOrderMark = '\ufeff';
const formData = /^form-data\s*(?:;|$)/i;
const nameParameter = /;\s*name\s*=\s*"((?:[^"\\]|\\.)*)"/i;
const fileParameter = /;\s*filename\*?\s*=/i;

/** One part of a form, read while it comes; of one that is too long nothing is held. */
export class MultipartPart {
  is: 'unknown' | 'field' | 'file' | 'other' = 'unknown';
  /** Of a field. */
  name = '';
  isEnded = false;
  isTooLong = false;
  private readonly maxBytes: number;
  private kept: Buffer[] = [];
  private bytes = 0;

  constructor(stream: Dicer.PartStream, maxBytes: number) {
    this.maxBytes = maxBytes;
    stream.on('header', (header: Readonly<Record<string, readonly string[] | undefined>>) => this.describe(header));
    stream.on('data', (piece: Buffer) => this.keep(piece));
    // It is the parser's as well, and told there.
    stream.on('error', () => undefined);
    stream.on('end', () => {
      this.isEnded = true;
      // Its headers never ended.
      if (this.is === 'unknown') this.is = 'other';
    });
  }

  /** Its text; `undefined` when that is no UTF-8. */
  text(): string | undefined {
    const bytes = Buffer.concat(this.kept);
    if (!isUtf8(bytes)) return undefined;
    const text = bytes.toString('utf8');
    return text.startsWith(byteOrderMark) ? text.slice(1) : text;
  }

  private describe(header: Readonly<Record<string, readonly string[] | undefined>>): void {
    const disposition = Buffer.from(header['content-disposition']?.[0] ?? '', 'latin1').toString('utf8');
    const name = nameParameter.exec(disposition)?.[1];
    if (!formData.test(disposition) || name === undefined) {
      this.is = 'other';
      return;
    }
    this.is = fileParameter.test(disposition) ? 'file' : 'field';
    this.name = name;
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length;
    this.isTooLong = this.bytes > this.maxBytes;
    if (this.isTooLong) this.kept = [];
    else this.kept.push(piece);
  }
}
