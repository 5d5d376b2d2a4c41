import { itemFault, type Kind } from '@session-queue/core';
import { parseJson } from '../body/parse-json.ts';
import type { BadLines } from './bad-lines.ts';
import type { Lines } from './lines.ts';

/** The field of a line that is an object. */
const fieldOf = { deletion: 'sessionId', resubmission: 'submission' } as const satisfies Record<Kind, string>;

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
      const value = plainString.exec(text)?.[1] ?? itemIn(text, fieldOf[kind]);
      const fault = value instanceof NoItem ? value.reason : itemFault(kind, value);
      if (fault !== undefined) bad.add(first + index, fault);
      else if (typeof value === 'string') items.push(value);
    }
    if (items.length > 0) yield items;
  }
}

/** A line that holds no item to be judged. */
class NoItem {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function itemIn(text: string, field: string): unknown {
  let value: unknown;
  try {
    // Where a field stands twice, JSON.parse would let the last one win without a word.
    value = text.split(`"${field}"`, 3).length > 2 ? parseJson(Buffer.from(text)) : JSON.parse(text);
  } catch {
    return new NoItem('is not JSON');
  }
  if (typeof value === 'string') return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const item = isObject ? Object.getOwnPropertyDescriptor(value, field) : undefined;
  return item === undefined ? new NoItem(`must be a string, or an object with the field ${field}`) : item.value;
}
