import { itemFault, itemsField, type Kind, maxSessionIdLength, maxSubmissionBytes } from '@session-queue/core';
import { FaultList } from '../problems/field-faults.ts';
import { CompactItems } from './compact-items.ts';
import { isPaddedBase64, isPrintableAscii } from './plain-bytes.ts';

const maxLength = { deletion: maxSessionIdLength, resubmission: maxSubmissionBytes } as const satisfies Record<
  Kind,
  number
>;

/**
 * Takes in items of one kind as they are read, whatever the format they are in: the good ones are kept, the others
 * become faults by index. Most are known to be good by their bytes; core judges the others by their text.
 */
export class ItemList {
  readonly good = new CompactItems();
  readonly faults = new FaultList();
  /** The most characters of a good item. */
  readonly maxLength: number;
  private readonly kind: Kind;
  private readonly isDeletion: boolean;
  private bad = 0;

  constructor(kind: Kind) {
    this.kind = kind;
    this.isDeletion = kind === 'deletion';
    this.maxLength = maxLength[kind];
  }

  /** All that were taken in, good or not. */
  get length(): number {
    return this.good.length + this.bad;
  }

  /** Takes a session id that is a canonical UUID; false, and takes nothing, where no such text begins. */
  addUuid(text: Uint8Array, from: number): boolean {
    return this.isDeletion && this.good.addUuid(text, from);
  }

  /** Takes the item that is the UTF-8 text from `from` to `end`. */
  addBytes(text: Buffer, from: number, end: number): void {
    if (this.isKnownGood(text, from, end)) this.good.addText(text, from, end);
    else this.addText(text.toString('utf8', from, end));
  }

  addText(text: string): void {
    const fault = itemFault(this.kind, text);
    if (fault !== undefined) {
      this.refuse(fault);
      return;
    }
    const bytes = Buffer.from(text);
    this.good.addText(bytes, 0, bytes.length);
  }

  /** Takes an item that is too long to be looked at. */
  addTooLong(): void {
    this.refuse(itemFault(this.kind, 'A'.repeat(this.maxLength + 4)));
  }

  /** Takes an item that is no text. */
  addOther(): void {
    this.refuse(itemFault(this.kind, undefined));
  }

  private isKnownGood(text: Uint8Array, from: number, end: number): boolean {
    const length = end - from;
    if (length === 0 || length > this.maxLength) return false;
    return this.isDeletion ? isPrintableAscii(text, from, end) : isPaddedBase64(text, from, end);
  }

  private refuse(reason = 'is not usable'): void {
    this.faults.add(`${itemsField[this.kind]}[${this.length}]`, reason);
    this.bad += 1;
  }
}
