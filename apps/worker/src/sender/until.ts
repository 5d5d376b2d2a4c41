import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `performance.now()` has reached the moment: a timer of Node's may end up to a millisecond before its time. */
export async function until(moment: number): Promise<void> {
  for (let ms = moment - performance.now(); ms > 0; ms = moment - performance.now()) await sleep(Math.ceil(ms));
}
