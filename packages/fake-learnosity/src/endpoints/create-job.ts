import type { Removals } from '../items/removal.ts';
import type { Job } from '../jobs/job.ts';
import type { JobKind } from '../settings/endpoints.ts';
import type { Visit } from './endpoint.ts';

/** Makes the job that an accepted call asked for, with the faults that are scripted for it. */
export function createJob(visit: Visit, kind: JobKind, count: number, items: Uint32Array, removals?: Removals): Job {
  const { world, now } = visit;
  const random = world.random.jobs;
  const lasts = random.within(world.scripts.strike(['jobTime'], visit) ?? world.jobMs);
  const waits = lasts * random.fraction();
  const tossedHalt = random.fraction() < world.haltRate;
  const halts = world.scripts.strike(['halted'], visit) !== undefined || tossedHalt;
  const late = world.scripts.strike(['lateReference'], visit);
  const vanishing = world.scripts.strike(['vanishingReference'], visit);
  return world.jobs.create({
    kind,
    consumer: visit.consumer,
    count,
    createdAt: now,
    startsAt: now + waits,
    endsAt: now + lasts,
    halts,
    shownFrom: now + (late === undefined ? 0 : random.within(late)),
    shownUntil: vanishing === undefined ? Number.POSITIVE_INFINITY : now + vanishing.afterMs,
    items,
    removals,
  });
}
