import type { Kind } from '@session-queue/core';
import type { Random } from '../random.ts';
import { type Ask, type AskWay, itemMarkers } from './asks.ts';

export interface OwnWish {
  /** Unlike any other name of the run; the load's are `<kind>-<consumer>-<number>`. */
  name: string;
  way: AskWay;
  consumer: string;
  /** How many items. */
  items: number;
  /** A deletion when absent. */
  kind?: Kind;
  ignoring?: boolean;
}

/** A request of a scenario's own, with items that no lane's sequence holds. */
export function ownAsk(random: Random, wish: OwnWish): Ask {
  const { name, way, consumer, kind = 'deletion', ignoring = false } = wish;
  const item = (): string =>
    kind === 'deletion'
      ? `${itemMarkers.id}${random.uuid().slice(8)}`
      : Buffer.from(`${itemMarkers.submission}${name}/${random.uuid()}`).toString('base64');
  return { name, way, kind, consumer, ignoring, items: Array.from({ length: wish.items }, item), bad: new Set() };
}
