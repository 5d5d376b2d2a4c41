import { builtInSigner } from '@session-queue/core';
import { z } from 'zod';
import { labDomain, secretOf } from '../lab/credentials.ts';

const answerSchema = z.object({ data: z.unknown().optional() });
const referenceSchema = z.tuple([z.object({ job_reference: z.string() })]).rest(z.unknown());
const jobsSchema = z.array(z.object({ reference: z.string(), status: z.string() }));

/** Over quota: the only answer that the peers treat apart. */
export class TooManyRequests extends Error {}

/** The Data API as a script would call it: the SDK's form, sent with fetch. */
export class DataApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Deletes up to 50 sessions; answers with the job's reference. */
  async deleteSessions(ids: readonly string[]): Promise<string> {
    const data = await this.#call('sessions', 'delete', { session_ids: ids });
    return referenceSchema.parse(data)[0].job_reference;
  }

  /** Which of these jobs are completed. */
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
