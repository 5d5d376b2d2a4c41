import type { ItemList } from '../items/item-list.ts';
import { uuidTextBytes } from '../items/uuid-bytes.ts';
import { comma, isAt, quote, skipPlain, skipSpace } from './json-bytes.ts';
import type { JsonScan } from './json-scan.ts';
import type { Steps } from './json-tokens.ts';

/** The longest way to write a character within a string: `\u0041`. */
const maxWrittenCharacterBytes = 6;

/** Goes past the list at hand, the value of a field of the outermost object, and takes in its items. */
export function* takeItems(scan: JsonScan, list: ItemList): Steps {
  yield* scan.list(2, () => takeMore(scan, list));
}

/** Takes at least one item: all that are whole and plain in the bytes at hand, and then the next, whatever it is. */
function* takeMore(scan: JsonScan, list: ItemList): Steps {
  takePlain(scan, list);
  const first = yield* scan.beginValue();
  if (first !== quote) {
    yield* scan.restOfValue(first, 2);
    list.addOther();
    return;
  }
  const written = yield* scan.tokens.writtenScalar(first, 2 + maxWrittenCharacterBytes * list.maxLength);
  if (written === undefined) list.addTooLong();
  else if (written.includes('\\')) list.addText(String(JSON.parse(written.toString('utf8'))));
  else if (written.length !== 2 + uuidTextBytes || !list.addUuid(written, 1))
    list.addBytes(written, 1, written.length - 1);
}

/** Takes strings without escapes, each with the comma behind it, for as long as there are such in the bytes at hand. */
function takePlain(scan: JsonScan, list: ItemList): void {
  const { tokens } = scan;
  const { chunk } = tokens;
  const before = list.length;
  const most = before + scan.valuesLeft;
  while (list.length < most) {
    const start = skipSpace(chunk, tokens.at) + 1;
    if (!isAt(chunk, start - 1, quote)) break;
    const next = takeUuid(chunk, start, list) || takeText(chunk, start, list);
    if (next === 0) break;
    tokens.at = next;
  }
  scan.countValues(list.length - before);
}

/** Past the comma behind the UUID whose text begins at `start`; 0 when there is no such item. */
function takeUuid(chunk: Buffer, start: number, list: ItemList): number {
  const end = start + uuidTextBytes;
  if (!isAt(chunk, end, quote)) return 0;
  const next = skipComma(chunk, end + 1);
  return next !== 0 && list.addUuid(chunk, start) ? next : 0;
}

function takeText(chunk: Buffer, start: number, list: ItemList): number {
  const end = skipPlain(chunk, start);
  if (!isAt(chunk, end, quote)) return 0;
  const next = skipComma(chunk, end + 1);
  if (next !== 0) list.addBytes(chunk, start, end);
  return next;
}

function skipComma(chunk: Buffer, at: number): number {
  const next = skipSpace(chunk, at);
  return isAt(chunk, next, comma) ? next + 1 : 0;
}
