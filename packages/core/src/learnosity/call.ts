import { type Envelope, parseEnvelope } from './answers.ts';
import { clockCode, type Endpoint } from './decision.ts';
import { errorOfRefusal, errorOfUnreadable, errorWithoutAnswer, isSuccess, timingSince } from './failures.ts';
import type { CallTiming } from './learnosity-error.ts';
import type { Signer } from './signer.ts';
import type { SigningClock } from './signing-clock.ts';
import type { Answer, Transport } from './transport.ts';

/** Credentials and address, as a call needs them. */
export interface Account {
  key: string;
  secret: string;
  domain: string;
  baseUrl: string;
  ltsVersion: string;
}

export interface CallContext {
  account: Account;
  transport: Transport;
  signer: Signer;
  clock: SigningClock;
  deadlineMs: Readonly<Record<Endpoint, number>>;
}

export interface Call<T> {
  endpoint: Endpoint;
  request: Readonly<Record<string, unknown>>;
  /** What must not show in an error, and what its message may name, by index. */
  items: readonly string[];
  /** Reads a success; throws where it is not as documented. `date` is the `Date` header, if any. */
  read(envelope: Envelope, date: string | undefined): T;
  freshConnection?: boolean;
  leaveBy?: number | undefined;
  signal?: AbortSignal | undefined;
}

const megabyte = 1024 * 1024;
const endpointFacts = {
  deletion: { path: '/sessions', action: 'delete', maxAnswerBytes: megabyte },
  resubmission: { path: '/sessions', action: 'set', maxAnswerBytes: megabyte },
  jobs: { path: '/jobs', action: 'get', maxAnswerBytes: 8 * megabyte },
  metadata: { path: '/sessions/metadata', action: 'get', maxAnswerBytes: 8 * megabyte },
} as const satisfies Record<Endpoint, { path: string; action: string; maxAnswerBytes: number }>;

/** Signs and sends once: a call is at most one arrival, whatever becomes of it. Rejects with `LearnosityError`. */
export async function makeCall<T>(context: CallContext, call: Call<T>): Promise<T & CallTiming> {
  const { account, clock } = context;
  const signedAt = clock.read();
  const answer = await send(context, call, signedAt.at);
  const { envelope, fault } = parseEnvelope(answer.body);
  if (!isSuccess(answer.status) || envelope?.meta.status === false) {
    const code = envelope?.meta.code;
    throw errorOfRefusal({
      endpoint: call.endpoint,
      answer,
      code,
      message: envelope?.meta.message,
      readable: envelope !== undefined,
      items: call.items,
      secrets: [account.secret, account.key],
      clockCorrected: code === clockCode && clock.refused(signedAt, answer.date),
    });
  }
  if (envelope === undefined) throw errorOfUnreadable(answer, fault);
  clock.accepted();
  return { ...readAnswer(call, envelope, answer), ...timingSince(answer.headersAt) };
}

function readAnswer<T>(call: Call<T>, envelope: Envelope, answer: Answer): T {
  try {
    return call.read(envelope, answer.date);
  } catch (cause) {
    throw errorOfUnreadable(answer, cause);
  }
}

async function send<T>(context: CallContext, call: Call<T>, at: Date): Promise<Answer> {
  const { account, transport, signer, deadlineMs } = context;
  const { path, action, maxAnswerBytes } = endpointFacts[call.endpoint];
  const { key, secret, domain, baseUrl, ltsVersion } = account;
  const form = signer.sign({ key, secret, domain, action, request: call.request, at });
  try {
    return await transport.send({
      url: new URL(`${baseUrl}/${ltsVersion}${path}`),
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Learnosity-Consumer': key,
        'X-Learnosity-Action': `${action}_${path}`,
        'X-Learnosity-SDK': `Node.js:${signer.version}`,
      },
      body: Buffer.from(new URLSearchParams({ ...form }).toString()),
      deadlineMs: deadlineMs[call.endpoint],
      maxAnswerBytes,
      leaveBy: call.leaveBy,
      freshConnection: call.freshConnection ?? false,
      signal: call.signal,
    });
  } catch (failure) {
    throw errorWithoutAnswer(failure, call.endpoint);
  }
}
