import { type EndpointName, endpointNames, endpoints } from '../settings/endpoints.ts';
import { Refusal, refusals } from './refusal.ts';

/** Which LTS versions are served, and which were removed. */
export interface Versions {
  versions: readonly string[];
  removedVersions: readonly string[];
}

const paths: ReadonlySet<string> = new Set(endpointNames.map((name) => endpoints[name].path));

/** Checks method and `/{LTS}/{endpoint}`, and returns the path behind the version. */
export function checkAddress(method: string | undefined, url: string | undefined, served: Versions): string {
  if (method !== 'POST') throw new Refusal(refusals.wrongMethod, 'Method not allowed: use POST');
  const [, version = '', rest = ''] = /^\/([^/?]*)(\/[^?]*)?$/.exec(url ?? '') ?? [];
  if (served.removedVersions.includes(version)) {
    throw new Refusal(refusals.removedVersion, `Version ${version} is no longer available`);
  }
  if (!served.versions.includes(version)) throw new Refusal(refusals.notFound, `Version not found: ${version}`);
  if (!paths.has(rest)) throw new Refusal(refusals.notFound, `Endpoint not found: ${rest}`);
  return rest;
}

/** The call that a path and an action name, if there is one. */
export function endpointAt(path: string, action: string): EndpointName | undefined {
  return endpointNames.find((name) => endpoints[name].path === path && endpoints[name].action === action);
}
