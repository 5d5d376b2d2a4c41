import { Refusal, refusals } from '../call/refusal.ts';
import { createJob } from './create-job.ts';
import type { ReadCall } from './endpoint.ts';
import { refuseBadItems } from './item-faults.ts';
import { allowOnly, flag, mandatoryList, oneOf, type Parameters } from './parameters.ts';

/** `set /sessions`: 1 to 50 base64 texts; `data` is an object with the reference ("Failed Submissions endpoint"). */
export function readResubmission(parameters: Parameters): ReadCall {
  allowOnly(parameters, ['data_format', 'data', 'ignore_response_revisions']);
  if (oneOf(parameters, 'data_format', ['failed_submission']) === undefined) {
    throw new Refusal(refusals.missingParameter, 'Missing mandatory parameter(s): data_format');
  }
  const submissions = mandatoryList(parameters, 'data', 50);
  const ignoring = flag(parameters, 'ignore_response_revisions');
  const wrong = submissions.findIndex((submission) => !isBase64(submission));
  if (wrong >= 0) throw new Refusal(refusals.wrongValue, `Invalid parameter value: data[${wrong}] is not base64`);
  return {
    items: submissions,
    perform(visit) {
      refuseBadItems(visit, 'data');
      const distinct = new Set(submissions);
      const held = visit.world.submissions.holdInCall(distinct, ignoring);
      const job = createJob(visit, 'resubmission', distinct.size, held);
      return { data: { job_reference: job.reference } };
    },
  };
}

/** RFC 4648 with padding. The pattern has no nested repeats, so that megabytes cost milliseconds. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
