import { CallLedger } from '../books/call-ledger.ts';
import { quotasInForce } from '../quota/quotas.ts';
import { type EndpointName, perEndpoint } from '../settings/endpoints.ts';
import type { ConsumerOptions, QuotaOptions } from '../settings/options.ts';

/** A known consumer: its credentials, whose secret may change, and its ledgers. */
export class Consumer {
  readonly key: string;
  readonly domains: readonly string[];
  readonly ledgers: Record<EndpointName, CallLedger>;
  readonly #secrets: { from: number; secret: string }[];

  constructor(options: ConsumerOptions, quotasForAll: QuotaOptions) {
    this.key = options.key;
    this.domains = options.domains;
    const quotas = quotasInForce(quotasForAll, options.quotas);
    this.ledgers = perEndpoint((name) => new CallLedger(quotas[name]));
    this.#secrets = [{ from: Number.NEGATIVE_INFINITY, secret: options.secret }];
  }

  changeSecret(secret: string, from: number): void {
    this.#secrets.push({ from, secret });
  }

  /** The secret in force: the one given last of those whose time has come. */
  secretAt(now: number): string {
    return this.#secrets.findLast(({ from }) => from <= now)?.secret ?? '';
  }
}
