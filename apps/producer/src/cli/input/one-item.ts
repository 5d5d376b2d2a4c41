import { itemFault, type Kind } from '@session-queue/core';
import type { BadLines } from '../../streams/bad-lines.ts';
import { wholeSource } from './source.ts';

/** The item that a source is; nothing where it is bad. */
export function oneItem(kind: Kind, text: string, bad: BadLines): string[] {
  const fault = itemFault(kind, text);
  if (fault === undefined) return [text];
  bad.add(wholeSource, fault);
  return [];
}
