import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import {
  createLearnosityClient,
  type LearnosityClient,
  type LearnosityClientOptions,
} from '../../src/learnosity/learnosity-client.ts';
import { LearnosityError } from '../../src/learnosity/learnosity-error.ts';
import { builtInSigner } from '../../src/learnosity/signer.ts';
import { createTransport, type Exchange, type Transport } from '../../src/learnosity/transport.ts';
import { TransportFailure } from '../../src/learnosity/transport-failure.ts';
import { accountAt, type StandIn, startStandIn } from './stand-in.ts';

/** What calls go through in the tests of a file: a stand-in that they share, and a transport of each, stopped behind it. */
export interface Wire {
  readonly standIn: StandIn;
  readonly transport: Transport;
  client(options?: Partial<LearnosityClientOptions>): LearnosityClient;
}

/** Opens it before the tests of the file that calls this, and closes it after them. */
export function openWire(): Wire {
  let standIn: StandIn;
  let transport: Transport;
  beforeAll(async () => {
    standIn = await startStandIn();
  });
  afterAll(async () => {
    await standIn.stop();
  });
  beforeEach(() => {
    transport = createTransport();
    standIn.arrivals.length = 0;
  });
  afterEach(() => {
    transport.stop();
  });
  return {
    get standIn() {
      return standIn;
    },
    get transport() {
      return transport;
    },
    client: (options = {}) =>
      createLearnosityClient({ account: accountAt(standIn.url), transport, signer: builtInSigner, ...options }),
  };
}

/** A call of the transport's own, as small as any. */
export function exchangeAt(url: string, overrides: Partial<Exchange> = {}): Exchange {
  return {
    url: new URL(`${url}/call`),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: Buffer.from('request={}'),
    deadlineMs: 5_000,
    maxAnswerBytes: 1_000,
    ...overrides,
  };
}

/** The error that a call of the client ends in, always with its cause. */
export async function errorOf(call: Promise<unknown>): Promise<LearnosityError> {
  const error = await rejectionOf(call);
  if (!(error instanceof LearnosityError)) throw new Error('the call did not fail', { cause: error });
  expect(error.cause).toBeDefined();
  return error;
}

/** The failure that a call of the transport ends in. */
export async function failureOf(sending: Promise<unknown>): Promise<TransportFailure> {
  const failure = await rejectionOf(sending);
  if (!(failure instanceof TransportFailure)) throw new Error('the call did not fail', { cause: failure });
  return failure;
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
