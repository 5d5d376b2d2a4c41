import { setTimeout as sleep } from 'node:timers/promises';
import { readBatch } from '../../src/lanes/batch.ts';
import type { Kind } from '../../src/requests/request.ts';
import { type Lab, readBatchItems } from '../lanes/lab.ts';

/** Claims everything that a lane has in line and answers with it in order, as Learnosity would get it. */
export async function takeAll(lab: Lab, kind: Kind = 'deletion'): Promise<string[]> {
  const lane = lab.lane(kind, { quota: { calls: 100_000, windowMs: 1 } });
  const items: string[] = [];
  for (let i = 0; ; i += 1) {
    const answer = await lane.claim(`take-${i}`);
    if (answer.is === 'empty') return items;
    if (i > 5_000) throw new Error('the lane never becomes empty');
    if (answer.is === 'wait') {
      await sleep(answer.ms);
      continue;
    }
    if (answer.is !== 'batch') throw new Error(`claim answered ${JSON.stringify(answer)}`);
    const batch = await readBatch(lab.keys, answer.claim.batch);
    if (batch === undefined) throw new Error('the batch is gone');
    items.push(...(await readBatchItems(lab.keys, batch)).map(String));
  }
}

/** What one sealed deletion `r` keeps. */
export const sealedKeys = ['deletion:opened', 'figures', 'open', 'request:r', 'request:r:items', 'requests'];

/** The keys of the consumer under test, in the order of the alphabet, without its base. */
export async function storedKeys(lab: Lab): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of lab.redis.scanStream({ match: `${lab.keys.base}*`, count: 1_000 })) found.push(...keys);
  return found.map((key) => key.slice(lab.keys.base.length)).sort();
}
