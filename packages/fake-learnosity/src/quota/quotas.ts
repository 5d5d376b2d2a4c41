import { type EndpointName, perEndpoint } from '../settings/endpoints.ts';
import type { Quota, QuotaOptions } from '../settings/options.ts';

/**
 * Requests per consumer key and endpoint in any 5 s: "Rate Limiting With the Data API" for all but deletion, whose page
 * ("Session deletion endpoint") gives its own.
 */
const documentedQuotas: Readonly<Record<EndpointName, Quota>> = {
  deletion: { calls: 5, windowMs: 5000 },
  resubmission: { calls: 50, windowMs: 5000 },
  jobs: { calls: 1000, windowMs: 5000 },
  metadata: { calls: 1000, windowMs: 5000 },
};

/** A quota in force. A lifted one still has a window, for the books. */
export interface QuotaInForce {
  calls: number | null;
  windowMs: number;
}

/** The quotas of a consumer: its own before those of all, those before the documented. */
export function quotasInForce(forAll: QuotaOptions, own: QuotaOptions | undefined): Record<EndpointName, QuotaInForce> {
  return perEndpoint((name) => {
    const ownQuota = own?.[name];
    const chosen = ownQuota === undefined ? forAll[name] : ownQuota;
    if (chosen === null) return { calls: null, windowMs: documentedQuotas[name].windowMs };
    return chosen ?? documentedQuotas[name];
  });
}
