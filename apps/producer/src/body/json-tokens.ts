import {
  backslash,
  isDigit,
  isHexDigit,
  isSimpleEscape,
  quote,
  skipDigits,
  skipPlain,
  skipSpace,
} from './json-bytes.ts';
import { JsonFault } from './json-fault.ts';
import { KeptBytes } from './kept-bytes.ts';

/** Work that stops where the bytes at hand end, and goes on with the next ones. */
export type Steps<T = void> = Generator<undefined, T, undefined>;

/** What stands behind the last byte. */
export const endOfText = -1;

const none = Buffer.alloc(0);
const words: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** The tokens of a JSON text that comes in pieces. Each method begins where the one before it ended. */
export class JsonTokens {
  /** The bytes at hand, and where the next one is. */
  chunk: Buffer = none;
  at = 0;
  private passed = 0;
  private ended = false;
  private kept: KeptBytes | undefined;

  /** Has `steps` read the next bytes, which may be overwritten afterwards. */
  feed(chunk: Buffer, steps: Steps): void {
    this.chunk = chunk;
    this.at = 0;
    steps.next();
    this.kept?.moveOn(chunk);
    this.passed += chunk.length;
    this.chunk = none;
    this.at = 0;
  }

  /** Tells `steps` that no more bytes come. */
  end(steps: Steps): void {
    this.ended = true;
    steps.next();
  }

  /** Bytes before the next one. */
  get offset(): number {
    return this.passed + this.at;
  }

  /** The next byte, where it is at hand. Asked before `peek`, which costs far more. */
  get here(): number | undefined {
    return this.at < this.chunk.length ? this.chunk[this.at] : undefined;
  }

  /** The next byte, without going past it. */
  *peek(): Steps<number> {
    while (this.at >= this.chunk.length) {
      if (this.ended) return endOfText;
      yield undefined;
    }
    return this.here ?? endOfText;
  }

  /** The next byte that is no space. */
  *peekPastSpace(): Steps<number> {
    for (;;) {
      this.at = skipSpace(this.chunk, this.at);
      const byte = this.here;
      if (byte !== undefined) return byte;
      if ((yield* this.peek()) === endOfText) return endOfText;
    }
  }

  /** Goes past this byte if it is the next one that is no space. */
  *accept(byte: number): Steps<boolean> {
    if ((yield* this.peekPastSpace()) !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Goes past the string, number, `true`, `false` or `null` that begins with this byte. */
  *scalar(byte: number): Steps {
    if (byte === quote) yield* this.string();
    else if (byte === 0x2d || isDigit(byte)) yield* this.number();
    else yield* this.word(byte);
  }

  /** The scalar as it is written, good until the next call; `undefined` when it has more than `maxBytes`. */
  *writtenScalar(byte: number, maxBytes: number): Steps<Buffer | undefined> {
    const kept = new KeptBytes(this.at, maxBytes);
    this.kept = kept;
    yield* this.scalar(byte);
    this.kept = undefined;
    return kept.end(this.chunk, this.at);
  }

  /** Throws the fault of the next byte. */
  fail(reason: string): never {
    throw new JsonFault(this.offset, this.at >= this.chunk.length ? 'the text ends too early' : reason);
  }

  private *string(): Steps {
    this.at += 1;
    for (;;) {
      this.at = skipPlain(this.chunk, this.at);
      const byte = this.here ?? (yield* this.peek());
      if (byte === quote) break;
      if (byte === endOfText) throw new JsonFault(this.offset, 'the text ends within a string');
      if (byte === backslash) yield* this.escape();
      else if (byte < 0x20) throw new JsonFault(this.offset, 'a control character in a string must be escaped');
    }
    this.at += 1;
  }

  private *escape(): Steps {
    const start = this.offset;
    this.at += 1;
    const escaped = this.here ?? (yield* this.peek());
    let good = isSimpleEscape(escaped);
    this.at += 1;
    if (escaped === 0x75) {
      good = true;
      for (let digits = 0; digits < 4 && good; digits += 1) {
        good = isHexDigit(this.here ?? (yield* this.peek()));
        this.at += 1;
      }
    }
    if (!good) throw new JsonFault(start, 'an unknown escape in a string');
  }

  private *number(): Steps {
    if ((this.here ?? (yield* this.peek())) === 0x2d) this.at += 1;
    if ((this.here ?? (yield* this.peek())) === 0x30) this.at += 1;
    else yield* this.digits();
    if ((this.here ?? (yield* this.peek())) === 0x2e) {
      this.at += 1;
      yield* this.digits();
    }
    const exponent = this.here ?? (yield* this.peek());
    if (exponent !== 0x65 && exponent !== 0x45) return;
    this.at += 1;
    const sign = this.here ?? (yield* this.peek());
    if (sign === 0x2b || sign === 0x2d) this.at += 1;
    yield* this.digits();
  }

  /** At least one digit. */
  private *digits(): Steps {
    if (!isDigit(this.here ?? (yield* this.peek()))) throw new JsonFault(this.offset, 'a digit is expected');
    do this.at = skipDigits(this.chunk, this.at);
    while (isDigit(this.here ?? (yield* this.peek())));
  }

  private *word(first: number): Steps {
    const start = this.offset;
    if (first === endOfText) throw new JsonFault(start, 'the text ends too early');
    const word = words.get(first);
    if (word === undefined) throw new JsonFault(start, 'a value is expected');
    for (const byte of word) {
      if ((this.here ?? (yield* this.peek())) !== byte) throw new JsonFault(start, 'a value is expected');
      this.at += 1;
    }
  }
}
