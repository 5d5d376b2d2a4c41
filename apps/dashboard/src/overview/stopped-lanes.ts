import type { Kind, RedisConnection } from '@session-queue/core';
import { BusyConsumers, consumerKeys, readLaneStop } from '@session-queue/core/engine';
import type { StoppedLane } from './overview.ts';

/** Consumers whose lanes may be stopped: the announced ones, and those with open work whose workers are all gone. */
export async function consumersToLookAt(
  redis: RedisConnection,
  prefix: string,
  announced: readonly string[],
): Promise<string[]> {
  return [...new Set([...announced, ...(await new BusyConsumers(redis, prefix).list())])].toSorted();
}

/** The stopped lanes of a kind among these consumers, in their order. */
export async function readStoppedLanes(
  redis: RedisConnection,
  prefix: string,
  of: { kind: Kind; consumers: readonly string[] },
): Promise<StoppedLane[]> {
  const lanes = await Promise.all(
    of.consumers.map(async (consumer) => {
      const stop = await readLaneStop(consumerKeys(redis, prefix, consumer), of.kind);
      return stop === undefined ? [] : [{ consumer, ...stop }];
    }),
  );
  return lanes.flat();
}
