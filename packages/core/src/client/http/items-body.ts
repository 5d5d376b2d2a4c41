import { isList, itemFault, itemsField } from '../../requests/items.ts';
import { Refusal } from '../../requests/refusal.ts';
import { type Kind, maxItemsPerRequest } from '../../requests/request.ts';
import type { Items } from '../session-queue.ts';

/** Most of one piece: a list that fits into one goes as JSON, a longer one as a stream of pieces. */
const maxPieceItems = 1_000;
const maxPieceChars = 256 * 1024;

/** The items of a request on their way to the producer: never more than two pieces of them are held. */
export class ItemsBody {
  readonly #kind: Kind;
  readonly #items: Items;
  #pieces: AsyncGenerator<string[]>;
  /** Taken from the source, and not from here. */
  #ahead: string[][] = [];
  #isBegun = false;
  /** Why the source failed, or what is wrong with an item. */
  fault: unknown;

  private constructor(kind: Kind, items: Items) {
    this.#kind = kind;
    this.#items = items;
    this.#pieces = piecesOf(kind, items);
  }

  /** Looks at the first two pieces. Throws what the source throws, and `Refusal` over a bad item. */
  static async begin(kind: Kind, items: Items): Promise<ItemsBody> {
    const body = new ItemsBody(kind, items);
    for (let piece = 0; piece < 2; piece += 1) {
      const { done, value } = await body.#pieces.next();
      if (done !== true) body.#ahead.push(value);
    }
    return body;
  }

  /** All of them, where they are few. */
  get short(): readonly string[] | undefined {
    const [first = [], second] = this.#ahead;
    return second === undefined ? first : undefined;
  }

  /** Whether they can be sent from the start (again): nothing was sent yet, or the source can be gone through once more. */
  get canBegin(): boolean {
    return !this.#isBegun || isRepeatable(this.#items);
  }

  /** A line for each item, a JSON string; read as fast as it is taken. */
  lines(moved: () => void): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const take = this.#isBegun ? this.#again() : () => this.#next();
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      moved();
      try {
        const piece = await take();
        if (piece === undefined) controller.close();
        else controller.enqueue(encoder.encode(`${piece.map((item) => JSON.stringify(item)).join('\n')}\n`));
      } catch (error) {
        this.fault = error;
        controller.error(error);
      }
    };
    // A high-water mark of 0: nothing is taken from the source before somebody reads.
    return new ReadableStream({ pull }, { highWaterMark: 0 });
  }

  /** Lets go of the source, without waiting for one that is stuck. */
  release(): void {
    void this.#pieces.return(undefined).catch(() => undefined);
  }

  #again(): () => Promise<string[] | undefined> {
    this.release();
    this.#ahead = [];
    this.#pieces = piecesOf(this.#kind, this.#items);
    return () => this.#next();
  }

  async #next(): Promise<string[] | undefined> {
    this.#isBegun = true;
    const ahead = this.#ahead.shift();
    if (ahead !== undefined) return ahead;
    const { done, value } = await this.#pieces.next();
    return done === true ? undefined : value;
  }
}

async function* piecesOf(kind: Kind, items: Items): AsyncGenerator<string[]> {
  const pieces = new Pieces(kind);
  if (Symbol.asyncIterator in items) {
    for await (const next of items) {
      if (isList(next)) {
        yield* pieces.takeAll(next);
      } else {
        const full = pieces.take(next);
        if (full !== undefined) yield full;
      }
    }
  } else {
    yield* pieces.takeAll(items);
  }
  const rest = pieces.rest();
  if (rest.length > 0) yield rest;
}

class Pieces {
  readonly #kind: Kind;
  #piece: string[] = [];
  #chars = 0;
  #count = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  *takeAll(items: Iterable<string>): Generator<string[]> {
    for (const item of items) {
      const full = this.take(item);
      if (full !== undefined) yield full;
    }
  }

  /** Takes the item, once it is checked; answers with the piece that was full before it. */
  take(item: string): string[] | undefined {
    const field = itemsField[this.#kind];
    const fault = itemFault(this.#kind, item);
    if (fault !== undefined) throw new Refusal('invalid', fault, { field: `${field}[${this.#count}]` });
    this.#count += 1;
    if (this.#count > maxItemsPerRequest) throw new Refusal('invalid', 'must hold at most 5,000,000 items', { field });
    const isFull = this.#piece.length === maxPieceItems || this.#chars + item.length > maxPieceChars;
    const full = isFull && this.#piece.length > 0 ? this.rest() : undefined;
    this.#piece.push(item);
    this.#chars += item.length;
    return full;
  }

  rest(): string[] {
    const piece = this.#piece;
    this.#piece = [];
    this.#chars = 0;
    return piece;
  }
}

/** Lists and sets begin anew each time; a generator is its own iterator, and of an async source nobody knows. */
function isRepeatable(items: Items): boolean {
  return Symbol.iterator in items && !Object.is(items[Symbol.iterator](), items);
}
