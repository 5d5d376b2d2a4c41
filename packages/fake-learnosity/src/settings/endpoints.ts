/** The four calls of the Data API that are stood in for, by the names that the quotas carry. */
export const endpointNames = ['deletion', 'resubmission', 'jobs', 'metadata'] as const;
export type EndpointName = (typeof endpointNames)[number];

/** Where each call lives: the path behind the version, and the action of the form. */
export const endpoints = {
  deletion: { path: '/sessions', action: 'delete' },
  resubmission: { path: '/sessions', action: 'set' },
  jobs: { path: '/jobs', action: 'get' },
  metadata: { path: '/sessions/metadata', action: 'get' },
} as const satisfies Record<EndpointName, { path: string; action: string }>;

/** The calls that create a job. */
export type JobKind = Extract<EndpointName, 'deletion' | 'resubmission'>;

/** Something for each of the four calls. */
export function perEndpoint<T>(make: (name: EndpointName) => T): Record<EndpointName, T> {
  return {
    deletion: make('deletion'),
    resubmission: make('resubmission'),
    jobs: make('jobs'),
    metadata: make('metadata'),
  };
}
