import type { ConsumerKeys } from '../lanes/keys.ts';
import type { Breakdown, BreakdownDimension } from './breakdown.ts';

/** What a selection was found to be of, value by value. It changes nothing about what is deleted. */
export interface BreakdownView {
  by: BreakdownDimension;
  /** Values that are walked to their end: all of a selection that is ready, unless a worker of a version before has walked it. */
  walked: number;
  /** Pages read for them. */
  pages: number;
  values: BreakdownShare[];
  /** Once ready, and where no value failed: sessions of the selection that none of the walks showed. */
  other?: number;
}

/** What the walk of one value came to. */
export interface BreakdownShare {
  value: string;
  /** Sessions that it showed, so far while it walks; those among them that came to fit since are not in the selection. */
  count: number;
  /** Once ready: sessions of the selection that it showed. One that several walks showed, since it changed meanwhile, is the last one's of those that ended well. */
  inSelection?: number;
  /** Of those, as that of a selection. */
  digest?: string;
  /** Why it has failed. Never holds an id. */
  error?: { code: string; message: string };
}

/** Hash: what the walks of the values have come to, by the value's number: `0:count`, `0:in`, `0:digest`, `0:code`, `0:error`; and `pages`, `other`. */
export const partsKey = (keys: ConsumerKeys, id: string): string => `${keys.base}selection:${id}:parts`;

/** Reads it of a selection whose record has these fields. */
export async function readBreakdown(
  keys: ConsumerKeys,
  id: string,
  { breakdown, part = '0' }: { breakdown: string; part?: string | undefined },
): Promise<BreakdownView> {
  const { by, values } = JSON.parse(breakdown) as Breakdown;
  const parts = await keys.redis.hgetall(partsKey(keys, id));
  return {
    by,
    walked: Number(part),
    pages: Number(parts.pages ?? 0),
    values: values.map((value, number) => shareOf(value, (field) => parts[`${number}:${field}`])),
    ...(parts.other !== undefined && { other: Number(parts.other) }),
  };
}

function shareOf(value: string, read: (field: string) => string | undefined): BreakdownShare {
  const [inSelection, digest, error] = [read('in'), read('digest'), read('error')];
  return {
    value,
    count: Number(read('count') ?? 0),
    ...(inSelection !== undefined && { inSelection: Number(inSelection) }),
    ...(digest !== undefined && { digest }),
    ...(error !== undefined && { error: { code: read('code') ?? '', message: error } }),
  };
}
