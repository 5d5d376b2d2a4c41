import type { EndpointName } from '../settings/endpoints.ts';
import { readDeletion } from './delete-sessions.ts';
import type { ReadCall } from './endpoint.ts';
import { readJobs } from './get-jobs.ts';
import { readMetadata } from './get-metadata.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { readResubmission } from './submit-failed.ts';

const readers: Readonly<Record<EndpointName, (parameters: Parameters) => ReadCall>> = {
  deletion: readDeletion,
  resubmission: readResubmission,
  jobs: readJobs,
  metadata: readMetadata,
};

/** Reads the `request` text of a call. Refuses what its endpoint does not take. */
export function readCall(endpoint: EndpointName, request: string): ReadCall {
  return readers[endpoint](readParameters(request));
}
