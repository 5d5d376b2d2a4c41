const carriage = 13;
const lineEnd = Buffer.from('\r\n');

/** Where a RESP value that begins at `at` ends, or `undefined` while some of it is still to come. */
function endOf(bytes: Buffer, at: number): number | undefined {
  const line = bytes.indexOf(lineEnd, at);
  if (line < 0) return undefined;
  const after = line + 2;
  const type = String.fromCharCode(bytes[at] ?? 0);
  if ('$=!'.includes(type)) {
    const length = numberIn(bytes, at + 1, line);
    if (length < 0) return after;
    const end = after + length + 2;
    return end <= bytes.length ? end : undefined;
  }
  if ('*~>%|'.includes(type)) {
    const members = numberIn(bytes, at + 1, line) * ('%|'.includes(type) ? 2 : 1);
    let end: number | undefined = after;
    for (let i = 0; i < members && end !== undefined; i += 1) end = endOf(bytes, end);
    return end;
  }
  return after;
}

function numberIn(bytes: Buffer, from: number, to: number): number {
  return Number(bytes.toString('latin1', from, to));
}

/** Cuts a stream of RESP (2 or 3) into whole values; a value may come in any number of pieces. */
export class RespFramer {
  #rest: Buffer = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<Buffer> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let from = 0;
    for (let end = this.#next(from); end !== undefined; end = this.#next(from)) {
      yield this.#rest.subarray(from, end);
      from = end;
    }
    this.#rest = this.#rest.subarray(from);
  }

  /** Gives up what has come of a value that is not whole yet. */
  drain(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }

  #next(from: number): number | undefined {
    return from < this.#rest.length ? endOf(this.#rest, from) : undefined;
  }
}

/** The words of a command: an array of bulk strings, as every client sends it. */
export function wordsOf(command: Buffer): Buffer[] {
  const words: Buffer[] = [];
  let at = command.indexOf(lineEnd) + 2;
  while (at < command.length) {
    const line = command.indexOf(carriage, at);
    const length = numberIn(command, at + 1, line);
    words.push(command.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
  return words;
}

/** A push is no answer to a command (RESP3). */
export const isPush = (reply: Buffer): boolean => reply[0] === '>'.charCodeAt(0);
export const isError = (reply: Buffer): boolean => reply[0] === '-'.charCodeAt(0);
