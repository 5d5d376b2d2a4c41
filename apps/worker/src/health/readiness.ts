import { checkSystem, type RedisConnection, type RedisProblem, type Warning } from '@session-queue/core';
import { type Lane, readLaneStop } from '@session-queue/core/engine';

export interface StoppedLane {
  consumer: string;
  kind: string;
  code: string;
  reason: string;
  since: string;
}

export interface Readiness {
  /** Redis is safe to work with. A stopped lane does not count: the other consumers' work goes on. */
  ready: boolean;
  problems: RedisProblem[];
  /** What else keeps work from going on; fails nobody's readiness. */
  warnings: Warning[];
  /** What could not be checked, where a managed Redis forbids to ask. */
  unchecked: string[];
  /** Lanes that a fault of their consumer has stopped: mend key, secret, domain, version or rights. */
  stoppedLanes: StoppedLane[];
}

export async function readReadiness(
  redis: RedisConnection,
  prefix: string,
  lanes: readonly Lane[],
): Promise<Readiness> {
  const { problems, warnings, unchecked } = await checkSystem(redis, prefix);
  const reachable = !problems.some(({ code }) => code === 'unreachable');
  const stops = reachable ? await Promise.all(lanes.map(stoppedLane)) : [];
  const stoppedLanes = stops.filter((stop) => stop !== undefined);
  // Short memory keeps new requests out; a worker is what makes room again.
  const ready = problems.every(({ code }) => code === 'memory_short');
  return { ready, problems, warnings, unchecked, stoppedLanes };
}

async function stoppedLane(lane: Lane): Promise<StoppedLane | undefined> {
  const stop = await readLaneStop(lane.keys, lane.kind);
  if (stop === undefined) return undefined;
  return { consumer: lane.keys.consumer, kind: lane.kind, code: stop.code, reason: stop.message, since: stop.since };
}
