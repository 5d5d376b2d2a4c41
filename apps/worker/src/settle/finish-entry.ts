import { type Kind, queueNames } from '@session-queue/core';

/** What the 'finish' set holds: a closed record whose BullMQ job is to be finished. */
export interface FinishEntry {
  what: 'batch' | 'request';
  kind: Kind;
  id: string;
}

/** An entry of the `finish` set: `<what> <kind> <id>`. */
export function formatFinishEntry({ what, kind, id }: FinishEntry): string {
  return `${what} ${kind} ${id}`;
}

export function parseFinishEntry(text: string): FinishEntry {
  const [what, kind] = text.split(' ', 2);
  const known: FinishEntry['what'] = what === 'batch' ? 'batch' : 'request';
  const knownKind: Kind = kind && kind in queueNames ? (kind as Kind) : 'deletion';
  return { what: known, kind: knownKind, id: text.slice(known.length + knownKind.length + 2) };
}
