import { createJob } from './create-job.ts';
import type { ReadCall } from './endpoint.ts';
import { refuseBadItems, refuseGoneSessions } from './item-faults.ts';
import { allowOnly, mandatoryList, type Parameters } from './parameters.ts';
import { planRemovals } from './plan-removals.ts';

/** `delete /sessions`: 1 to 50 `session_ids`; `data` is an array of one reference ("Session deletion endpoint"). */
export function readDeletion(parameters: Parameters): ReadCall {
  allowOnly(parameters, ['session_ids']);
  const ids = mandatoryList(parameters, 'session_ids', 50);
  return {
    items: ids,
    perform(visit) {
      refuseBadItems(visit, 'session_ids');
      refuseGoneSessions(visit, 'session_ids');
      const distinct = new Set(ids);
      const named = visit.world.sessions.nameInCall(distinct, visit.now);
      const job = createJob(visit, 'deletion', distinct.size, named, planRemovals(visit, distinct));
      return { data: [{ job_reference: job.reference }] };
    },
  };
}
