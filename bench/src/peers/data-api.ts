import { builtInSigner, type Kind } from '@session-queue/core';
import { z } from 'zod';
import { labDomain, secretOf } from '../lab/credentials.ts';

const answerSchema = z.object({ data: z.unknown().optional() });
/** A deletion's is in an array, a resubmission's is not. */
const startedSchema = z
  .unknown()
  .transform((data) => [data].flat()[0])
  .pipe(z.object({ job_reference: z.string() }));
const jobsSchema = z.array(z.object({ reference: z.string(), status: z.string() }));

/** Over quota: the only answer that the peers treat apart. */
export class TooManyRequests extends Error {}

/** The Data API as a script would call it: the SDK's form, sent with fetch. */
export class DataApi {
  readonly #url: string;
  readonly #key: string;
  readonly #kind: Kind;

  constructor({ api, key, kind }: { api: string; key: string; kind: Kind }) {
    this.#url = api;
    this.#key = key;
    this.#kind = kind;
  }

  /** Sends up to 50 items; answers with the job's reference. */
  async send(items: readonly string[]): Promise<string> {
    const data =
      this.#kind === 'deletion'
        ? await this.#call('sessions', 'delete', { session_ids: items })
        : await this.#call('sessions', 'set', { data_format: 'failed_submission', data: items });
    return startedSchema.parse(data).job_reference;
  }

  /** Which of these jobs, at most 50, are completed. */
  async completed(references: readonly string[]): Promise<Set<string>> {
    const jobs = jobsSchema.parse(await this.#call('jobs', 'get', { references }));
    return new Set(jobs.filter(({ status }) => status === 'completed').map(({ reference }) => reference));
  }

  async #call(endpoint: string, action: string, request: Record<string, unknown>): Promise<unknown> {
    const account = { key: this.#key, secret: secretOf(this.#key), domain: labDomain };
    const form = builtInSigner.sign({ ...account, action, request, at: new Date() });
    const response = await fetch(`${this.#url}/v2026.2.LTS/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams({ ...form }),
    });
    const body = answerSchema.parse(await response.json());
    if (response.status === 429) throw new TooManyRequests();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return body.data;
  }
}
