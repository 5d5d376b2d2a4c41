import { createHash } from 'node:crypto';
import { itemFault, type Kind } from '@session-queue/core';
import { KnownItems } from '@session-queue/core/engine';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Entry, placeOf, type Source } from '../input/source.ts';
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
    for await (const entries of source.entries()) {
      signal.throwIfAborted();
      for (const entry of entries) take(source, entry);
    }
  }
  return { ...stock, named, calls: plan.calls, digest: hash.digest('hex') };

  function take(source: Source, entry: Entry): void {
    const fault = faultOf(kind, entry);
    if (fault !== undefined) {
      stock.bad += 1;
      if (named.length < mostNamed) named.push(`${placeOf(source, entry)}: ${fault}`);
      return;
    }
    stock.items += 1;
    hash.update(`${entry.text}\n`);
    if (!known.add(entry.text)) return;
    stock.distinct += 1;
    plan.add(entry.text);
  }
}

/** The good items once more, while they are sent. Fails before the end when they are not those of the first reading. */
export async function* goodItems(kind: Kind, sources: readonly Source[], stock: Stock): AsyncGenerator<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for await (const entries of source.entries()) {
      for (const entry of entries) {
        if (faultOf(kind, entry) !== undefined) continue;
        hash.update(`${entry.text}\n`);
        yield entry.text;
      }
    }
  }
  if (hash.digest('hex') === stock.digest) return;
  throw new CommandFailure(exitCodes.usage, 'The input has changed while it was read. Nothing was sent.');
}

function faultOf(kind: Kind, { text, fault }: Entry): string | undefined {
  if (fault !== undefined) return fault;
  const wrong = itemFault(kind, text);
  return wrong === undefined ? undefined : `the ${kind === 'deletion' ? 'session id' : 'submission'} ${wrong}`;
}
