import { Problem } from '../problems/problem.ts';
import { JsonFault } from './json-fault.ts';
import type { JsonScan } from './json-scan.ts';
import { TextPosition } from './text-position.ts';
import { WholeCharacters } from './whole-characters.ts';

const none = Buffer.alloc(0);

/**
 * A body that ought to be JSON in UTF-8, read in pieces cut anywhere. What is wrong with it is a 400 that says where
 * (line, column, byte) and why, never what stands there. It is thrown at the end: until then a larger fault may show,
 * and bytes that are not UTF-8 are named rather than the JSON that they spoil.
 */
export class JsonText {
  private readonly characters = new WholeCharacters();
  private readonly position = new TextPosition();
  private scan: JsonScan | undefined;
  private problem: Problem | undefined;

  constructor(scan: JsonScan) {
    this.scan = scan;
  }

  /** Whether it is known to be wrong; there is no use in what was read of it. */
  get isBad(): boolean {
    return this.problem !== undefined;
  }

  /** Reads on; the bytes may be overwritten afterwards. */
  next(bytes: Buffer): void {
    if (this.characters.isBroken) return;
    const text = this.characters.next(bytes);
    this.read(text, (scan) => scan.next(text));
    this.checkCharacters();
  }

  /** Throws the 400 if there is one. */
  end(): void {
    this.characters.end();
    this.checkCharacters();
    this.read(none, (scan) => scan.end());
    if (this.problem !== undefined) throw this.problem;
  }

  private read(text: Buffer, read: (scan: JsonScan) => void): void {
    let rest = text;
    try {
      if (this.scan !== undefined) read(this.scan);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      const upToFault = Math.max(0, error.offset - this.position.bytes);
      this.position.pass(text.subarray(0, upToFault));
      this.setProblem(error.offset, error.message);
      rest = text.subarray(upToFault);
    }
    this.position.pass(rest);
  }

  private checkCharacters(): void {
    if (this.characters.isBroken) this.setProblem(this.position.bytes, 'not UTF-8');
  }

  private setProblem(byte: number, why: string): void {
    const reason = `${this.position.describe(byte)}: ${why}`;
    this.problem = new Problem('malformed-json', `At ${reason}.`, { errors: [{ field: 'body', reason }] });
    this.scan = undefined;
  }
}
