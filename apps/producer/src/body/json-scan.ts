import { JsonFault } from './json-fault.ts';
import { skipScalar, skipSpace, skipString } from './json-tokens.ts';

/** What a JSON text may hold at most. Real requests stay far below; a bomb stops here before it costs memory. */
export interface JsonLimits {
  maxDepth: number;
  /** Objects and lists. */
  maxContainers: number;
  maxValues: number;
  /** Fields of one object. */
  maxFields: number;
}

const comma = 0x2c;
const closeObject = 0x7d;
const closeList = 0x5d;

/**
 * Checks that the bytes from `start` are one JSON text (RFC 8259) within the limits, and that no object names a
 * field twice; throws `JsonFault` otherwise. It stands before JSON.parse because that one names no position for most
 * faults, puts pieces of the text into its message, lets the last of two equal fields win without a word, and makes
 * over a gigabyte out of 48 MB of `[`.
 */
export function checkJson(text: Buffer, start: number, limits: JsonLimits): void {
  new JsonScan(text, start, limits).run();
}

class JsonScan {
  private readonly text: Buffer;
  private readonly limits: JsonLimits;
  private at: number;
  private containers = 0;
  private values = 0;

  constructor(text: Buffer, start: number, limits: JsonLimits) {
    this.text = text;
    this.at = start;
    this.limits = limits;
  }

  run(): void {
    this.value(0);
    this.at = skipSpace(this.text, this.at);
    if (this.at < this.text.length) this.fail('nothing may follow the value');
  }

  private value(depth: number): void {
    this.at = skipSpace(this.text, this.at);
    this.values += 1;
    if (this.values > this.limits.maxValues) this.fail(`more than ${this.limits.maxValues} values`);
    const byte = this.text[this.at];
    if (byte === 0x22) this.at = skipString(this.text, this.at);
    else if (byte === 0x7b) this.object(depth + 1);
    else if (byte === 0x5b) this.list(depth + 1);
    else this.at = skipScalar(this.text, this.at);
  }

  private object(depth: number): void {
    this.open(depth);
    if (this.accept(closeObject)) return;
    const fields = new Set<unknown>();
    do {
      this.field(fields);
      if (!this.accept(0x3a)) this.fail('a colon is expected');
      this.value(depth);
    } while (this.accept(comma));
    if (!this.accept(closeObject)) this.fail('a comma or the end of the object is expected');
  }

  private field(fields: Set<unknown>): void {
    this.at = skipSpace(this.text, this.at);
    if (this.text[this.at] !== 0x22) this.fail('a field name in double quotes is expected');
    const end = skipString(this.text, this.at);
    // Compared as JSON.parse reads them: "a" and "\u0061" are one field.
    const name: unknown = JSON.parse(this.text.toString('utf8', this.at, end));
    if (fields.has(name)) this.fail('an object names a field twice');
    fields.add(name);
    if (fields.size > this.limits.maxFields) this.fail(`more than ${this.limits.maxFields} fields in one object`);
    this.at = end;
  }

  private list(depth: number): void {
    this.open(depth);
    if (this.accept(closeList)) return;
    do this.value(depth);
    while (this.accept(comma));
    if (!this.accept(closeList)) this.fail('a comma or the end of the list is expected');
  }

  private open(depth: number): void {
    this.containers += 1;
    if (depth > this.limits.maxDepth) this.fail(`nested deeper than ${this.limits.maxDepth} levels`);
    if (this.containers > this.limits.maxContainers) {
      this.fail(`more than ${this.limits.maxContainers} objects and lists`);
    }
    this.at += 1;
  }

  private accept(byte: number): boolean {
    this.at = skipSpace(this.text, this.at);
    if (this.text[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  private fail(reason: string): never {
    throw new JsonFault(this.at, this.at >= this.text.length ? 'the text ends too early' : reason);
  }
}
