import { packUuid, unpackUuid, uuidBytes, uuidTextBytes } from './uuid-bytes.ts';

/** Pages double from the first size to the last: a request of one item costs little, one of a million wastes little. */
const firstPageBytes = 1024;
const maxPageBytes = 256 * 1024;
/** A larger item gets a page of its own, so that no page is left with much room. */
const maxSharedBytes = maxPageBytes / 8;

/** The first byte of an entry: a UUID, then its 16 bytes; a text's length; or, for a longer text, 4 bytes of length. */
const uuidMark = 0;
const longMark = 255;

/** Size of the pieces that texts are handed out in. One lives as long as a text cut from it: it should die young. */
const pieceBytes = 16 * 1024;
const separator = '\n';
const newline = 0x0a;

/**
 * Many texts in few buffers, in the order they were added: 17 bytes for a canonical UUID, the UTF-8 bytes and one more
 * for any other (5 from 255 bytes on). No object and no string is kept for an item. Texts hold no newline.
 */
export class CompactItems implements Iterable<string> {
  private readonly pages: Buffer[] = [];
  private page: Buffer = Buffer.alloc(0);
  /** How much of `page` is taken. */
  private used = 0;
  private pagesBytes = 0;
  private items = 0;

  get length(): number {
    return this.items;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.pagesBytes;
  }

  /** Adds the UUID whose canonical text begins at `from`; false, and adds nothing, when no such text does. */
  addUuid(text: Uint8Array, from: number): boolean {
    this.makeRoom(1 + uuidBytes);
    if (!packUuid(text, from, this.page, this.used + 1)) return false;
    this.page[this.used] = uuidMark;
    this.used += 1 + uuidBytes;
    this.items += 1;
    return true;
  }

  /** Adds the UTF-8 text from `from` to `end`, at least one byte. */
  addText(text: Uint8Array, from: number, end: number): void {
    const bytes = end - from;
    const isLong = bytes >= longMark;
    this.makeRoom((isLong ? 5 : 1) + bytes);
    const { page } = this;
    page[this.used] = isLong ? longMark : bytes;
    this.used += 1;
    if (isLong) this.used = page.writeUInt32LE(bytes, this.used);
    // For a few bytes a loop is faster than a call.
    if (bytes > 64) page.set(text.subarray(from, end), this.used);
    else for (let i = 0; i < bytes; i += 1) page[this.used + i] = text[from + i] ?? 0;
    this.used += bytes;
    this.items += 1;
  }

  /** The texts, made as they are asked for. */
  *[Symbol.iterator](): Generator<string> {
    for (const piece of this.pieces()) yield* piece.toString('utf8').split(separator);
  }

  /** The texts with a newline between two, in pieces of whole texts; each piece is good until the next is asked for. */
  *pieces(): Generator<Buffer> {
    const piece = Buffer.alloc(pieceBytes);
    let filled = 0;
    for (const page of [...this.pages, this.page.subarray(0, this.used)]) {
      for (let at = 0; at < page.length; ) {
        const mark = page[at] ?? 0;
        const isUuid = mark === uuidMark;
        const start = at + (mark === longMark ? 5 : 1);
        const end = start + (mark === longMark ? page.readUInt32LE(at + 1) : isUuid ? uuidBytes : mark);
        const textBytes = isUuid ? uuidTextBytes : end - start;
        if (filled > 0 && filled + 1 + textBytes > pieceBytes) {
          yield piece.subarray(0, filled);
          filled = 0;
        }
        if (textBytes > pieceBytes) {
          yield page.subarray(start, end);
        } else {
          if (filled > 0) {
            piece[filled] = newline;
            filled += 1;
          }
          if (isUuid) unpackUuid(page, start, piece, filled);
          else page.copy(piece, filled, start, end);
          filled += textBytes;
        }
        at = end;
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  }

  private makeRoom(bytes: number): void {
    if (this.used + bytes <= this.page.length) return;
    if (this.used > 0) this.pages.push(this.page.subarray(0, this.used));
    const doubled = Math.min(Math.max(firstPageBytes, 2 * this.page.length), maxPageBytes);
    // Of its own: a slice of the pool that Node cuts small buffers from would hold on to all of it.
    this.page = Buffer.allocUnsafeSlow(bytes > maxSharedBytes ? bytes : Math.max(bytes, doubled));
    this.pagesBytes += this.page.length;
    this.used = 0;
  }
}
