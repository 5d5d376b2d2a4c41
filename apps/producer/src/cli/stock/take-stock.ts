import { createHash } from 'node:crypto';
import type { Kind } from '@session-queue/core';
import { KnownItems } from '@session-queue/core/engine';
import { BadLines } from '../../streams/bad-lines.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { placeOf, type Source } from '../input/source.ts';
import { CallPlan } from './call-plan.ts';

/** How many bad lines are named; the others are counted. */
const mostNamed = 20;

/** What a first reading of all sources has found. */
export interface Stock {
  /** Good items, repeats too. */
  items: number;
  distinct: number;
  bad: number;
  /** The first bad ones: where, and why, never what. */
  named: string[];
  /** Calls that they will take. */
  calls: number;
  /** Over all good items in their order. */
  digest: string;
}

/** Reads all sources once, holding none of it. */
export async function takeStock(kind: Kind, sources: readonly Source[], signal: AbortSignal): Promise<Stock> {
  const hash = createHash('sha256');
  const known = new KnownItems(kind);
  const plan = new CallPlan(kind);
  const stock = { items: 0, distinct: 0, bad: 0 };
  const named: string[] = [];
  for (const source of sources) {
    const bad = new BadLines('line');
    for await (const items of source.items(bad)) {
      signal.throwIfAborted();
      for (const item of items) take(item);
    }
    stock.bad += bad.count;
    const first = bad.named.slice(0, mostNamed - named.length);
    named.push(...first.map((line) => `${placeOf(source, line)}: ${line.reason}`));
  }
  return { ...stock, named, calls: plan.calls, digest: hash.digest('hex') };

  function take(item: string): void {
    stock.items += 1;
    hash.update(`${item}\n`);
    if (!known.add(item)) return;
    stock.distinct += 1;
    plan.add(item);
  }
}

/** The good items once more, while they are sent. Fails before the end when they are not those of the first reading. */
export async function* goodItems(sources: readonly Source[], stock: Stock): AsyncGenerator<readonly string[]> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for await (const items of source.items(new BadLines('line'))) {
      for (const item of items) hash.update(`${item}\n`);
      yield items;
    }
  }
  if (hash.digest('hex') === stock.digest) return;
  throw new CommandFailure(exitCodes.usage, 'The input has changed while it was read. Nothing was sent.');
}
