import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { unpackSessionId } from '../requests/packing.ts';

const local = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
const sessions = new URL('../sessions/table.lua', import.meta.url);
const takeScript = consumerScript(local('take-sample'));
const recordScript = consumerScript(sessions, local('outcomes'), local('record-sample'));

/** How long a sample is a worker's own: two calls and their late arrival. */
const leaseMs = 60_000;

/** Up to 50 sessions of a request whose deletion was verified, to be asked for once more. */
export interface Sample {
  request: string;
  /** How often it was asked for. */
  asked: number;
  sessionIds: readonly string[];
}

export type SampleClaim = { is: 'sample'; sample: Sample } | { is: 'empty'; ms: number | undefined };

/** Takes the sample that is due first. */
export async function takeSample(keys: ConsumerKeys, token: string): Promise<SampleClaim> {
  const reply = await takeScript.runBuffer(keys.redis, [keys.base], [token, leaseMs]);
  const [is, first, asked, ...items]: unknown[] = Array.isArray(reply) ? reply : [];
  if (String(is) !== 'sample') return { is: 'empty', ms: Number(first) < 0 ? undefined : Number(first) };
  const sessionIds = items.filter((item) => Buffer.isBuffer(item)).map(unpackSessionId);
  return { is: 'sample', sample: { request: String(first), asked: Number(asked), sessionIds } };
}

export interface SampleCheck {
  /** Until it is asked for again; never when absent. */
  nextMs: number | undefined;
  /** Learnosity has answered. */
  isAsked: boolean;
  /** Which of its sessions are back, by their index. */
  back: readonly number[];
}

/** Writes down what is back; `false` when somebody else has the sample by now. */
export async function recordSample(
  keys: ConsumerKeys,
  token: string,
  { request }: Sample,
  { nextMs, isAsked, back }: SampleCheck,
): Promise<boolean> {
  const next = nextMs === undefined ? -1 : Math.round(nextMs);
  const args = [request, token, next, isAsked ? 1 : 0, ...back.map((index) => index + 1)];
  return (await recordScript.run(keys.redis, [keys.base], args)) === 1;
}
