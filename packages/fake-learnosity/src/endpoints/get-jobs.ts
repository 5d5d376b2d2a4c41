import { Refusal, refusals } from '../call/refusal.ts';
import { type Job, jobStates, stateAt } from '../jobs/job.ts';
import type { ReadCall, Visit } from './endpoint.ts';
import { allowOnly, isWithin, type Parameters, pageSize, pageToken, someOf, stringList, time } from './parameters.ts';

const properties = ['reference', 'type', 'status', 'dt_created', 'dt_completed'] as const;
/** The types of these jobs are not documented; these names are the stand-in's own. */
const types = { deletion: 'session_deletion', resubmission: 'failed_submission' } as const;

/**
 * `get /jobs` ("Jobs endpoint"): only completed jobs unless `status` says otherwise, 50 a page, and `next` only while there
 * are more. Order of creation, which is not documented. A consumer sees its own jobs only.
 */
export function readJobs(parameters: Parameters): ReadCall {
  allowOnly(parameters, ['references', 'status', 'limit', 'mintime', 'maxtime', 'organisation_id', 'include', 'next']);
  const references = stringList(parameters, 'references', 1000);
  const states: ReadonlySet<string> = new Set(someOf(parameters, 'status', jobStates) ?? ['completed']);
  const included = someOf(parameters, 'include', properties) ?? properties;
  const limit = pageSize(parameters);
  const from = time(parameters, 'mintime');
  const to = time(parameters, 'maxtime');
  const after = Number(pageToken(parameters, /^\d{1,15}$/)?.[0] ?? 0);
  if (parameters.organisation_id !== undefined && !Number.isInteger(parameters.organisation_id)) {
    throw new Refusal(refusals.wrongType, 'Invalid parameter type: organisation_id must be an integer');
  }
  return {
    items: references ?? [],
    perform(visit) {
      const page: Job[] = [];
      let more = false;
      for (const job of candidates(visit, references)) {
        if (job.number <= after || !states.has(stateAt(job, visit.now)) || !isWithin(job.createdAt, from, to)) continue;
        if (visit.now < job.shownFrom || visit.now >= job.shownUntil) continue;
        more = page.length === limit;
        if (more) break;
        page.push(job);
      }
      const next = more ? page.at(-1)?.number.toString() : undefined;
      return {
        meta: { records: page.length, ...(next === undefined ? {} : { next }) },
        data: page.map((job) => {
          const shown = described(job, visit.now);
          return Object.fromEntries(included.map((property) => [property, shown[property]]));
        }),
      };
    },
  };
}

function candidates(visit: Visit, references: readonly string[] | undefined): readonly Job[] {
  const { jobs } = visit.world;
  if (references === undefined) return jobs.ofConsumer(visit.consumer);
  return [...new Set(references)]
    .map((reference) => jobs.find(reference))
    .filter((job): job is Job => job?.consumer === visit.consumer)
    .sort((a, b) => a.number - b.number);
}

function described(job: Job, now: number): Record<(typeof properties)[number], string | null> {
  const status = stateAt(job, now);
  return {
    reference: job.reference,
    type: types[job.kind],
    status,
    dt_created: dateTime(job.createdAt),
    dt_completed: status === 'completed' ? dateTime(job.endsAt) : null,
  };
}

/** `YYYY-MM-DD HH:mm:ss`, UTC. */
function dateTime(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
}
