import { finalStates } from '@session-queue/core';
import { type Benchmark, type BenchmarkContext, type Figure, parameter, type Result } from '../benchmark.ts';
import { Lab, pause } from '../lab/lab.ts';
import { sessionIds } from '../lab/session-ids.ts';
import { percentile } from '../measures/percentile.ts';
import { type IdealPolling, idealPolling, workerSchedule } from '../tracking/poll-rounds.ts';
import { type FollowedJob, readFollowed } from '../tracking/read-followed.ts';

const consumer = 'tracked';
const itemsPerBatch = 50;
/** So many calls that all batches are sent at once. */
const lifted = { calls: 100_000, windowMs: 5_000 };
const batchesOf = { quick: 400, default: 3_000, full: 10_000 } as const;
const longestOf = { quick: 18, default: 120, full: 120 } as const;

const mostOverIdeal = 1.2;
/** Jobs shorter than this are noticed within seconds, longer ones within a share of their duration. */
const shortJobMs = 30_000;
const noticedWithinMs = 5_000;
const noticedWithinShare = 0.15;

interface Course {
  batches: number;
  sentWithinS: number;
  commands: { sending: number; tracking: number };
  calls: number;
  ideal: IdealPolling;
  jobs: FollowedJob[];
}

export const tracking: Benchmark = {
  name: 'tracking',
  shows: 'what it costs to follow thousands of jobs, and how soon the end of one is noticed',
  async run(context: BenchmarkContext): Promise<Result> {
    const batches = parameter(context, 'batches', batchesOf[context.size]);
    const longest = parameter(context, 'longest', longestOf[context.size]);
    const replicas = parameter(context, 'replicas', 2);
    const lab = await Lab.start({
      consumers: [{ name: consumer, quotas: { deletion: lifted } }],
      jobSeconds: `1-${longest}`,
      fakeFlags: ['--quota=deletion=off'],
    });
    try {
      await lab.startWorkers(replicas);
      context.say(`${batches} batches, jobs of 1 to ${longest} s, ${replicas} replicas`);
      const course = await follow(lab, batches, longest);
      return resultOf(course, { batches, longest, replicas });
    } finally {
      await lab.stop();
    }
  },
};

async function follow(lab: Lab, batches: number, longest: number): Promise<Course> {
  const before = await lab.commands();
  const from = performance.now();
  const request = await lab.client.deleteSessions({ consumer, sessionIds: sessionIds(batches * itemsPerBatch, 1) });
  await until(async () => (await lab.books()).jobs.created >= batches, 60_000 + batches * 50);
  const sentWithinS = (performance.now() - from) / 1_000;
  const sent = await lab.commands();
  await until(
    async () => {
      const view = await lab.client.getRequest(request.id);
      return view !== undefined && finalStates.has(view.state);
    },
    longest * 1_500 + 60_000,
  );
  const after = await lab.commands();
  const calls = (await lab.books()).consumers[consumer]?.jobs.received ?? 0;
  const jobs = await readFollowed(lab, consumer);
  return {
    batches: jobs.length,
    sentWithinS,
    commands: { sending: sent - before, tracking: after - sent },
    calls,
    ideal: idealPolling(jobs, workerSchedule),
    jobs,
  };
}

async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error('it took too long');
    await pause(250);
  }
}

function resultOf(course: Course, parameters: Result['parameters']): Result {
  const { batches, sentWithinS, commands, calls, ideal, jobs } = course;
  const polling = {
    title: `Polling ${batches} batches (sent within ${sentWithinS.toFixed(1)} s)`,
    head: ['', 'calls to /jobs', 'calls a batch'],
    rows: [
      ['made', calls, (calls / batches).toFixed(3)],
      [`ideal: ${ideal.rounds} rounds, 50 references a call`, ideal.calls, (ideal.calls / batches).toFixed(3)],
      ['a call for each reference', ideal.polls, (ideal.polls / batches).toFixed(3)],
    ],
  };
  const redis = {
    title: 'Redis commands a batch (those inside scripts among them)',
    head: ['while batches were sent', 'from the last one sent to the end', 'together'],
    rows: [
      [commands.sending, commands.tracking, commands.sending + commands.tracking].map((n) => (n / batches).toFixed(1)),
    ],
  };
  const short = jobs.filter((job) => durationOf(job) < shortJobMs);
  const long = jobs.filter((job) => durationOf(job) >= shortJobMs);
  const noticed = {
    title: 'How long after its end a job is noticed',
    head: ['jobs', 'number', 'p50, s', 'p95, s', 'p50, % of its duration', 'p95, % of its duration'],
    rows: [lagRow('under 30 s', short), lagRow('of 30 s and more', long)],
  };
  const shortLag = percentile(short.map(lagOf), 0.95);
  const longLag = percentile(long.map(shareOf), 0.95);
  const figures: Figure[] = [
    {
      name: 'calls to /jobs over the ideal',
      value: calls / ideal.calls,
      unit: 'times',
      isRatio: true,
      better: 'lower',
      target: { words: `at most ${mostOverIdeal}`, met: calls / ideal.calls <= mostOverIdeal },
    },
    {
      name: 'Redis commands a batch, all in all',
      value: (commands.sending + commands.tracking) / batches,
      unit: '',
      isRatio: true,
      better: 'lower',
    },
    {
      name: 'noticed, p95 of jobs under 30 s',
      value: shortLag / 1_000,
      unit: 's',
      isRatio: false,
      better: 'lower',
      target: { words: 'under 5 s', met: shortLag < noticedWithinMs },
    },
  ];
  if (long.length > 0) {
    figures.push({
      name: 'noticed, p95 of longer jobs, of their duration',
      value: longLag,
      unit: '',
      isRatio: true,
      better: 'lower',
      target: { words: `under ${noticedWithinShare}`, met: longLag < noticedWithinShare },
    });
  }
  return { benchmark: 'tracking', parameters, tables: [polling, redis, noticed], figures, notes: [] };
}

const durationOf = (job: FollowedJob) => job.finishedAt - job.startedAt;
const lagOf = (job: FollowedJob) => job.settledAt - job.finishedAt;
const shareOf = (job: FollowedJob) => lagOf(job) / durationOf(job);

function lagRow(title: string, jobs: readonly FollowedJob[]): (string | number)[] {
  const lags = jobs.map(lagOf);
  const shares = jobs.map(shareOf);
  const seconds = (share: number) => (percentile(lags, share) / 1_000).toFixed(2);
  const percent = (share: number) => (percentile(shares, share) * 100).toFixed(1);
  if (jobs.length === 0) return [title, 0, '', '', '', ''];
  return [title, jobs.length, seconds(0.5), seconds(0.95), percent(0.5), percent(0.95)];
}
