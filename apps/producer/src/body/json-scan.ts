import { closeList, closeObject, colon, comma, openList, openObject, quote } from './json-bytes.ts';
import { JsonFault } from './json-fault.ts';
import { endOfText, JsonTokens, type Steps } from './json-tokens.ts';

/** What a JSON text may hold at most. Real requests stay far below; a bomb stops here before it costs memory. */
export interface JsonLimits {
  maxDepth: number;
  /** Objects and lists. */
  maxContainers: number;
  maxValues: number;
  /** Fields of one object. */
  maxFields: number;
  /** A field's name as it is written, with its quotes. */
  maxNameBytes: number;
}

const byteOrderMark = Buffer.from('\ufeff');

/**
 * Reads one JSON text (RFC 8259) in UTF-8 as it comes, in pieces cut anywhere between characters. Throws `JsonFault`
 * where the text is none, passes a limit, or names a field of an object twice. All of it is checked, and what nobody
 * asks for is forgotten at once: memory is bounded by the limits and not by the text.
 *
 * `read` says what becomes of the text's one value: it goes through it with the methods below.
 */
export class JsonScan {
  readonly tokens = new JsonTokens();
  private readonly limits: JsonLimits;
  private readonly steps: Steps;
  private containers = 0;
  private values = 0;

  constructor(limits: JsonLimits, read: (scan: JsonScan) => Steps = (scan) => scan.value(0)) {
    this.limits = limits;
    this.steps = this.text(read);
  }

  /** Reads on; the bytes may be overwritten afterwards. */
  next(chunk: Buffer): void {
    this.tokens.feed(chunk, this.steps);
  }

  /** Throws when the text is not complete. */
  end(): void {
    this.tokens.end(this.steps);
  }

  /** How many more values the limit allows. */
  get valuesLeft(): number {
    return this.limits.maxValues - this.values;
  }

  /** Counts values that the caller has read from the tokens' chunk itself. */
  countValues(values: number): void {
    this.values += values;
  }

  /** Comes to the first byte of a value. */
  *beginValue(): Steps<number> {
    const byte = yield* this.tokens.peekPastSpace();
    this.values += 1;
    if (this.values > this.limits.maxValues) this.tokens.fail(`more than ${this.limits.maxValues} values`);
    return byte;
  }

  /** Goes past a value within `depth` objects and lists. */
  *value(depth: number): Steps {
    yield* this.restOfValue(yield* this.beginValue(), depth);
  }

  /** Goes past the value that begins with this byte. */
  *restOfValue(byte: number, depth: number): Steps {
    if (byte === openObject) yield* this.object(depth + 1);
    else if (byte === openList) yield* this.list(depth + 1);
    else yield* this.tokens.scalar(byte);
  }

  /** Goes past an object; `readField` goes past the value of each of its fields. */
  *object(depth: number, readField: (name: string) => Steps = () => this.value(depth)): Steps {
    const { tokens } = this;
    this.open(depth);
    if (yield* tokens.accept(closeObject)) return;
    const names = new Set<string>();
    do {
      const name = yield* this.name(names);
      if (!(yield* tokens.accept(colon))) tokens.fail('a colon is expected');
      yield* readField(name);
    } while (yield* tokens.accept(comma));
    if (!(yield* tokens.accept(closeObject))) tokens.fail('a comma or the end of the object is expected');
  }

  /** Goes past a list; `readItem` goes past each of its values. */
  *list(depth: number, readItem: () => Steps = () => this.value(depth)): Steps {
    const { tokens } = this;
    this.open(depth);
    if (yield* tokens.accept(closeList)) return;
    do yield* readItem();
    while (yield* tokens.accept(comma));
    if (!(yield* tokens.accept(closeList))) tokens.fail('a comma or the end of the list is expected');
  }

  private *text(read: (scan: JsonScan) => Steps): Steps {
    const { tokens } = this;
    const isMark = (yield* tokens.peek()) === byteOrderMark[0] && tokens.chunk.indexOf(byteOrderMark) === 0;
    if (isMark) tokens.at += byteOrderMark.length;
    yield* read(this);
    if ((yield* tokens.peekPastSpace()) !== endOfText) tokens.fail('nothing may follow the value');
  }

  private *name(names: Set<string>): Steps<string> {
    const { maxFields, maxNameBytes } = this.limits;
    const byte = yield* this.tokens.peekPastSpace();
    if (byte !== quote) this.tokens.fail('a field name in double quotes is expected');
    const start = this.tokens.offset;
    const written = yield* this.tokens.writtenScalar(byte, maxNameBytes);
    // Where it begins may be long gone.
    if (written === undefined)
      throw new JsonFault(this.tokens.offset, `a field name of more than ${maxNameBytes} bytes`);
    // Compared as JSON.parse reads them: "a" and "\u0061" are one field.
    const name = String(JSON.parse(written.toString('utf8')));
    if (names.has(name)) throw new JsonFault(start, 'an object names a field twice');
    names.add(name);
    if (names.size > maxFields) throw new JsonFault(start, `more than ${maxFields} fields in one object`);
    return name;
  }

  private open(depth: number): void {
    this.containers += 1;
    if (depth > this.limits.maxDepth) this.tokens.fail(`nested deeper than ${this.limits.maxDepth} levels`);
    if (this.containers > this.limits.maxContainers) {
      this.tokens.fail(`more than ${this.limits.maxContainers} objects and lists`);
    }
    this.tokens.at += 1;
  }
}
