import { itemsField, type Kind } from '@session-queue/core';
import { ItemList } from '../items/item-list.ts';
import { openList, openObject, quote } from './json-bytes.ts';
import { takeItems } from './json-items.ts';
import { bodyLimits } from './json-limits.ts';
import { JsonScan } from './json-scan.ts';
import { JsonText } from './json-text.ts';
import type { Steps } from './json-tokens.ts';

/** A longer value is not kept: more characters than any field beside the items may have, however they are written. */
const maxScalarBytes = 16 * 1024;

/** What stands for values that are wrong by their type or length alone, and were not kept. */
const someObject = {};
const someList: readonly unknown[] = [];
const longText = '?'.repeat(2_000);
const longNumber = 0;

/**
 * The body of a request for deletions or resubmissions, read in pieces as they come. It becomes what JSON.parse would make
 * of it, save that the list of items is an `ItemList`, and that something stands for other lists, objects and very long
 * values, which no field takes anyway.
 */
export class BodyWithItems {
  private readonly kind: Kind;
  private readonly text: JsonText;
  private list: ItemList | undefined;
  private body: unknown;

  constructor(kind: Kind) {
    this.kind = kind;
    this.text = new JsonText(new JsonScan(bodyLimits, (scan) => this.read(scan)));
  }

  /** Memory held for the items, in bytes. */
  get bytes(): number {
    return this.list?.good.bytes ?? 0;
  }

  /** Reads on; the bytes may be overwritten afterwards. */
  next(bytes: Buffer): void {
    this.text.next(bytes);
    if (this.text.isBad) this.list = undefined;
  }

  /** The body, unchecked but for being JSON. Throws a 400 when it is not, or not within the limits. */
  end(): unknown {
    this.text.end();
    return this.body;
  }

  private *read(scan: JsonScan): Steps {
    const first = yield* scan.beginValue();
    if (first === openObject) this.body = yield* this.fields(scan);
    else this.body = yield* this.value(scan, first, 0);
  }

  private *fields(scan: JsonScan): Steps<unknown> {
    const fields: [string, unknown][] = [];
    const read = (name: string): Steps => this.field(scan, name, fields);
    yield* scan.object(1, read);
    // Unlike an assignment, this makes a field of "__proto__" too.
    return Object.fromEntries(fields);
  }

  private *field(scan: JsonScan, name: string, fields: [string, unknown][]): Steps {
    const first = yield* scan.beginValue();
    if (name === itemsField[this.kind] && first === openList) {
      const list = new ItemList(this.kind);
      this.list = list;
      yield* takeItems(scan, list);
      fields.push([name, list]);
    } else {
      fields.push([name, yield* this.value(scan, first, 1)]);
    }
  }

  private *value(scan: JsonScan, first: number, depth: number): Steps<unknown> {
    if (first === openObject || first === openList) {
      yield* scan.restOfValue(first, depth);
      return first === openObject ? someObject : someList;
    }
    const written = yield* scan.tokens.writtenScalar(first, maxScalarBytes);
    if (written === undefined) return first === quote ? longText : longNumber;
    return JSON.parse(written.toString('utf8'));
  }
}
