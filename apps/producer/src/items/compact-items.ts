import { freeMemory } from '../memory/free-memory.ts';
import { packUuid, unpackUuid, uuidBytes, uuidTextBytes } from './uuid-bytes.ts';

/** Pages double from the first size to the last: a request of one item costs little, one of a million wastes little. */
const firstPageBytes = 1024;
const maxPageBytes = 256 * 1024;
/** A larger item gets a page of its own. */
const maxSharedBytes = maxPageBytes / 8;
const minFilled = 7 / 8;

/** The first byte of an entry: a UUID, then its 16 bytes; a text's length; or, for a longer text, 4 bytes of length. */
const uuidMark = 0;
const longMark = 255;

/** Size of the pieces that texts are handed out in. One lives as long as a text cut from it: it should die young. */
const pieceBytes = 16 * 1024;
/** An entry and its newline are at most so many times as long as they lie in a page: a UUID is 37 bytes of 17. */
const longestGrowth = 3;
const separator = '\n';
const newline = 0x0a;

const none = Buffer.alloc(0);

interface Page {
  page: Buffer;
  /** How much of it is taken, from the start. */
  used: number;
}

/**
 * Many texts in few buffers, in the order they were added: 17 bytes for a canonical UUID, the UTF-8 bytes and one more
 * for any other (5 from 255 bytes on). No object and no string is kept for an item. Texts hold no newline.
 */
export class CompactItems {
  /** All pages but the last, and how much of each is taken. */
  private readonly full: Page[] = [];
  private page: Buffer = none;
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

  /** Takes the texts out, each made as it is asked for; the memory of those that were is free at once. */
  *takeOut(): Generator<string> {
    while (this.items > 0) {
      const { page, used } = this.full.shift() ?? this.lastPage();
      for (const piece of piecesOf([{ page, used }])) {
        const texts = piece.toString('utf8').split(separator);
        this.items -= texts.length;
        yield* texts;
      }
      this.pagesBytes -= page.length;
      freeMemory(page);
    }
  }

  /** The texts with a newline between two, in pieces of whole texts; each piece is good until the next is asked for. */
  pieces(): Generator<Buffer> {
    return piecesOf([...this.full, { page: this.page, used: this.used }]);
  }

  private lastPage(): Page {
    const last = { page: this.page, used: this.used };
    this.page = none;
    this.used = 0;
    return last;
  }

  private makeRoom(bytes: number): void {
    if (this.used + bytes <= this.page.length) return;
    const doubled = Math.min(Math.max(firstPageBytes, 2 * this.page.length), maxPageBytes);
    this.closePage();
    const size = bytes > maxSharedBytes ? bytes : Math.max(bytes, doubled);
    // A page of its own is freed at once. A small request's is not worth that, and comes from the pool of small buffers.
    this.page = size > firstPageBytes ? Buffer.allocUnsafeSlow(size) : Buffer.allocUnsafe(size);
    this.pagesBytes += this.page.length;
    this.used = 0;
  }

  /** A page that was left with much room, before a large item, is cut down to what is taken of it. */
  private closePage(): void {
    const { page, used } = this;
    if (used === 0) return;
    if (used >= page.length * minFilled) {
      this.full.push({ page, used });
      return;
    }
    const cut = Buffer.allocUnsafeSlow(used);
    page.copy(cut, 0, 0, used);
    this.full.push({ page: cut, used });
    this.pagesBytes -= page.length - used;
    freeMemory(page);
  }
}

function* piecesOf(pages: readonly Page[]): Generator<Buffer> {
  const taken = pages.reduce((sum, { used }) => sum + used, 0);
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, taken * longestGrowth));
  let filled = 0;
  for (const { page, used } of pages) {
    for (let at = 0; at < used; ) {
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
