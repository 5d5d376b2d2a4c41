import { itemFault, type Kind } from '@session-queue/core';
import { parseJson } from '../body/parse-json.ts';
import type { BadLines } from './bad-lines.ts';
import type { Lines } from './lines.ts';

/** What the field of a line that is an object may be called; the first is the name that we tell. */
const fieldsOf = { deletion: ['sessionId', 'session_id'], resubmission: ['submission'] } as const satisfies Record<
  Kind,
  readonly [string, ...string[]]
>;

/** A string without escapes. */
const plainString = /^"([^"\\\p{Cc}]*)"\r?$/u;

/** The items of NDJSON: a line is a string, or an object with the item and whatever else; blank lines pass. */
export async function* ndjsonItems(
  kind: Kind,
  lines: AsyncIterable<Lines>,
  bad: BadLines,
): AsyncGenerator<readonly string[]> {
  for await (const { first, texts } of lines) {
    const items: string[] = [];
    for (const [index, text] of texts.entries()) {
      if (text === undefined || text.trim() === '') continue;
      const value = plainString.exec(text)?.[1] ?? itemIn(text, fieldsOf[kind]);
      const fault = value instanceof NoItem ? value.reason : itemFault(kind, value);
      if (fault !== undefined) bad.add(first + index, fault);
      else if (typeof value === 'string') items.push(value);
    }
    yield items;
  }
}

/** A line that holds no item to be judged. */
class NoItem {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function itemIn(text: string, fields: readonly [string, ...string[]]): unknown {
  let value: unknown;
  try {
    // Where a field stands twice, JSON.parse would let the last one win without a word.
    const isDoubled = fields.some((field) => text.split(`"${field}"`, 3).length > 2);
    value = isDoubled ? parseJson(Buffer.from(text)) : JSON.parse(text);
  } catch {
    return new NoItem('is not JSON');
  }
  if (typeof value === 'string') return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const given = fields.map((field) => (isObject ? Object.getOwnPropertyDescriptor(value, field) : undefined));
  const [item, second] = given.filter((field) => field !== undefined);
  if (item === undefined) return new NoItem(`must be a string, or an object with the field ${fields[0]}`);
  return second === undefined ? item.value : new NoItem(`must have one of the fields ${fields.join(' and ')}`);
}
