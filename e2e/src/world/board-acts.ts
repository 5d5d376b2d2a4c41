import type { JobType, Queue } from 'bullmq';
import type { Random } from '../random.ts';

type Act = (queue: Queue, random: Random) => Promise<unknown>;

const states = ['wait', 'active', 'delayed', 'completed', 'failed'] as const satisfies readonly JobType[];
const cleanable = ['wait', 'delayed', 'completed', 'failed'] as const;
const someJobs = 20;
const pausedMs = 700;

/** What Bull Board's routes (9.10) do to BullMQ, without the guard that ours has before them. */
export const boardActs: Readonly<Record<string, Act>> = {
  obliterate: async (queue) => await queue.obliterate({ force: true }),
  empty: async (queue) => await queue.drain(),
  'empty, delayed jobs too': async (queue) => await queue.drain(true),
  clean: async (queue, random) => await queue.clean(0, Number.MAX_SAFE_INTEGER, random.pick(cleanable)),
  'remove jobs': async (queue, random) => await withJobs(queue, random, (job) => job.remove()),
  'empty the data of jobs': async (queue, random) => await withJobs(queue, random, (job) => job.updateData({})),
  'delay jobs for a day': async (queue, random) => await withJobs(queue, random, (job) => job.changeDelay(86_400_000)),
  'promote all': async (queue) => await queue.promoteJobs(),
  'retry what is completed': async (queue) => await queue.retryJobs({ state: 'completed' }),
  'retry what failed': async (queue) => await queue.retryJobs({ state: 'failed' }),
  'pause, resume': async (queue, random) => {
    await queue.pause();
    await new Promise((resolve) => setTimeout(resolve, random.between(0, pausedMs)));
    await queue.resume();
  },
};

type BoardJob = Awaited<ReturnType<Queue['getJobs']>>[number];

/** A job that somebody works on just now refuses, as it does in Bull Board. */
async function withJobs(queue: Queue, random: Random, act: (job: BoardJob) => Promise<unknown>): Promise<void> {
  const jobs = await queue.getJobs([...states], 0, someJobs - 1, random.chance(0.5));
  await Promise.allSettled(jobs.filter((job) => job !== undefined).map(act));
}
