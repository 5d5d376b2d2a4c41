import type { Kind } from '@session-queue/core';
import { fullBooksSchema } from '@session-queue/fake-learnosity';
import type { Lab } from './lab.ts';

/** When each call of this kind was accepted, by consumer key: each has made a job. Epoch ms. */
export async function acceptedCalls(lab: Lab, kind: Kind): Promise<Map<string, number[]>> {
  const response = await fetch(`${lab.fakeUrl}/__books?items=1`);
  const { perJob } = fullBooksSchema.parse(await response.json());
  const times = new Map<string, number[]>();
  for (const job of perJob) {
    if (job.kind !== kind) continue;
    const ofConsumer = times.get(job.consumer);
    if (ofConsumer === undefined) times.set(job.consumer, [job.createdAt]);
    else ofConsumer.push(job.createdAt);
  }
  return times;
}
