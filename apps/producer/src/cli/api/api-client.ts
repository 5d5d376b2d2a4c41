import { z } from 'zod';
import { problemSchema } from '../../requests/answer-schemas.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { describeProblem } from './describe-problem.ts';

/**
 * How long a call that may be repeated is waited with, in seconds: a new start of Redis or of the producer fits in, and
 * so does the lease (30 s) of an upload whose producer died.
 */
const patienceSeconds = 60;
const longestPauseSeconds = 15;
/** A large upload on a slow line still ends in time. */
const timeoutMs = 600_000;

export interface ApiClientOptions {
  /** Address of the producer; a path in front of /v1 is kept. */
  url: URL;
  token?: string;
  pause: (ms: number) => Promise<void>;
  /** Told before each wait for another attempt. */
  onRetry: (reason: string, seconds: number) => void;
}

export interface Call<T> {
  method: 'GET' | 'POST';
  path: string;
  schema: z.ZodType<T>;
  body?: unknown;
  /** With one the call is repeated while the producer is away, which it makes safe. */
  idempotencyKey?: string;
  /** Repeats a reading call as well. */
  isPatient?: boolean;
}

export interface Answer<T> {
  value: T;
  /** The answer of an earlier call with the same Idempotency-Key. */
  replayed: boolean;
}

interface Setback {
  reason: string;
  retryAfterSeconds?: number;
  failure: CommandFailure;
}

/** A client of the producer's HTTP API. Throws `CommandFailure`. */
export class ApiClient {
  private readonly options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.options = options;
  }

  async call<T>(call: Call<T>): Promise<Answer<T>> {
    const mayRepeat = call.isPatient === true || call.idempotencyKey !== undefined;
    let waited = 0;
    for (let pause = 1; ; pause = Math.min(2 * pause, longestPauseSeconds)) {
      const result = await this.attempt(call);
      if (!('failure' in result)) return result;
      const seconds = result.retryAfterSeconds ?? pause;
      waited += seconds;
      if (!mayRepeat || waited > patienceSeconds) throw result.failure;
      this.options.onRetry(result.reason, seconds);
      await this.options.pause(seconds * 1000);
    }
  }

  private async attempt<T>(call: Call<T>): Promise<Answer<T> | Setback> {
    let response: Response;
    let text: string;
    try {
      response = await this.send(call);
      text = await response.text();
    } catch (cause) {
      const reason = `no answer from ${this.options.url.origin}${codeOf(cause)}`;
      return { reason, failure: new CommandFailure(exitCodes.unavailable, `There is ${reason}.`, { cause }) };
    }
    if (response.ok) return this.read(call, response, text);
    const problem = problemSchema.safeParse(parseJson(text));
    const reason = problem.success
      ? describeProblem(problem.data)
      : `${this.options.url.origin} answered with HTTP ${response.status} and no explanation.`;
    const isEarly = response.status === 429 || (problem.success && problem.data.type.endsWith(':in-progress'));
    const mayPass = response.status >= 500 || isEarly;
    if (!mayPass) throw new CommandFailure(exitCodes.refused, reason);
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      reason,
      failure: new CommandFailure(exitCodes.unavailable, reason),
      ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
    };
  }

  private async send(call: Call<unknown>): Promise<Response> {
    const { url, token } = this.options;
    const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
    return await fetch(new URL(call.path.replace(/^\//, ''), base), {
      method: call.method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        Accept: 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(call.idempotencyKey === undefined ? {} : { 'Idempotency-Key': call.idempotencyKey }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }

  private read<T>(call: Call<T>, response: Response, text: string): Answer<T> {
    const parsed = call.schema.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new CommandFailure(exitCodes.refused, `${this.options.url.origin} is not a producer of Session Queue.`);
    }
    return { value: parsed.data, replayed: response.headers.get('idempotent-replayed') === 'true' };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const code = z.object({ cause: z.object({ code: z.string() }) }).safeParse(error);
  return code.success ? ` (${code.data.cause.code})` : '';
}
