/** Keeps what is read from a place in the bytes at hand on, over as many pieces as it takes, up to a limit. */
export class KeptBytes {
  private readonly maxBytes: number;
  private readonly pieces: Buffer[] = [];
  private bytes = 0;
  /** Where in the bytes at hand it begins. */
  private from: number;

  constructor(from: number, maxBytes: number) {
    this.from = from;
    this.maxBytes = maxBytes;
  }

  /** Called before the bytes at hand are gone: keeps a copy of theirs. */
  moveOn(chunk: Buffer): void {
    this.bytes += chunk.length - this.from;
    if (this.bytes > this.maxBytes) this.pieces.length = 0;
    else this.pieces.push(Buffer.from(chunk.subarray(this.from)));
    this.from = 0;
  }

  /** All of it, up to `to` in the bytes at hand; `undefined` beyond the limit. */
  end(chunk: Buffer, to: number): Buffer | undefined {
    const last = chunk.subarray(this.from, to);
    if (this.bytes + last.length > this.maxBytes) return undefined;
    return this.pieces.length === 0 ? last : Buffer.concat([...this.pieces, last]);
  }
}
