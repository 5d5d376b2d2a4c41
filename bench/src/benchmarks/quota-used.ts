import { kinds } from '@session-queue/core';
import {
  type Benchmark,
  type BenchmarkContext,
  count,
  listParameter,
  oneOf,
  parameter,
  type Result,
  type Size,
} from '../benchmark.ts';
import { type Delay, delayTitle, parseDelay } from '../lab/delay.ts';
import { peerNames } from '../quota-used/contenders.ts';
import { type Race, type RaceResult, runRace } from '../quota-used/race.ts';
import { report } from '../quota-used/report.ts';

interface Matrix extends Pick<Race, 'seconds' | 'peers'> {
  kinds: readonly Race['kind'][];
  replicas: readonly number[];
  delays: readonly string[];
}

const short: Matrix = {
  kinds: ['deletion'],
  seconds: 30,
  replicas: [4],
  delays: ['20-320'],
  // Idle most of their time, all of them together do not make a call of ours leave later (7 ms with and without).
  peers: peerNames,
};
const matrices: Readonly<Record<Size, Matrix>> = {
  quick: short,
  default: short,
  full: { kinds, seconds: 60, replicas: [1, 2, 4], delays: ['5-20', '20-320', '400@server'], peers: peerNames },
};
/** From the end of one race to the beginning of the next: processes start and stop. */
const betweenSeconds = 8;

export const quotaUsed: Benchmark = {
  name: 'quota-used',
  shows: 'how much of the quota is used, beside what people write today',
  async run(context: BenchmarkContext): Promise<Result> {
    const own = matrices[context.size];
    const seconds = parameter(context, 'seconds', own.seconds);
    const peers = listParameter(context, 'peers', own.peers, oneOf(peerNames));
    const delays = listParameter(context, 'latency', own.delays.map(parseDelay), parseDelay);
    const replicaCounts = listParameter(context, 'replicas', own.replicas, count);
    const kindList = listParameter(context, 'kind', own.kinds, oneOf(kinds));
    const races = kindList.flatMap((kind) =>
      delays.flatMap((delay) => replicaCounts.map((replicas): Race => ({ kind, delay, replicas, seconds, peers }))),
    );
    const results: RaceResult[] = [];
    for (const [i, race] of races.entries()) {
      const left = Math.ceil(((races.length - i) * (seconds + betweenSeconds)) / 60);
      const place = races.length > 1 ? `${i + 1} of ${races.length}, ${left} min left: ` : '';
      context.say(`${place}${raceTitle(race)}, ${seconds} s`);
      results.push(await runRace(race));
    }
    const latency = delays.map(({ text }) => text).join(',');
    return report(results, { kind: kindList, seconds, replicas: replicaCounts, latency, peers });
  },
};

function raceTitle({ kind, delay, replicas }: { kind: string; delay: Delay; replicas: number }): string {
  return `${kind}, ${delayTitle(delay)}, ${replicas} replica${replicas === 1 ? '' : 's'}`;
}
