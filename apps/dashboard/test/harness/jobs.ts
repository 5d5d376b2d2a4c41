import { bullPrefix } from '@session-queue/core';
import { FlowProducer, type Queue, Worker } from 'bullmq';
import type { TestDashboard } from './dashboard.ts';

/** Stands in whatever a job may hold that nobody may see. */
export const secret = 'S3CR3T';

/**
 * The id of the job in this state. Never the state's own name: BullMQ keeps a job under `<queue>:<id>` and its own sets
 * beside it under names such as `<queue>:failed`.
 */
export const jobIn = (state: string): string => `job-${state}`;

/** How a worker leaves a job. */
type Ending = 'completed' | 'failed' | 'active' | 'delayed';

/**
 * Puts one job of every state into a queue, each holding secrets wherever somebody outside can put them: in the data as
 * a plain job has it, in its name, its progress, its result, its options, its logs and the name of its worker.
 * Resolves once all are in their states.
 */
export async function fillQueue(dashboard: TestDashboard, queue: Queue): Promise<{ release: () => Promise<void> }> {
  const endings: Ending[] = ['completed', 'failed', 'active', 'delayed'];
  const add = async (state: string, options: object = {}) =>
    await queue.add(`${secret}-name`, plainData(state), { jobId: jobIn(state), ...options, ...privateOptions(state) });
  for (const ending of endings) await add(ending);
  const release = await work(dashboard, queue, endings);
  await add('waiting');
  await add('prioritized', { priority: 5 });
  const template = { name: `${secret}-name`, data: plainData('scheduler'), opts: privateOptions('scheduler') };
  await queue.upsertJobScheduler('scheduler', { pattern: '0 0 29 2 *', tz: 'Europe/Berlin' }, template);
  await addFlow(dashboard, queue);
  return { release };
}

function plainData(id: string): object {
  return {
    consumer: 'school-a',
    reason: `erase ${id}`,
    sessionIds: [`${secret}-1`, `${secret}-2`],
    submissions: [secret],
    unknownField: secret,
    counts: { total: 2, leaked: secret },
    nested: { deep: { sessionIds: [secret] } },
  };
}

/** BullMQ keeps options that it does not know. */
function privateOptions(id: string): object {
  return { note: secret, deduplication: { id: `${secret}-${id}` }, attempts: 1 };
}

/** Takes the jobs by hand, one after the other, so that none beyond them is touched. */
async function work(dashboard: TestDashboard, queue: Queue, endings: Ending[]): Promise<() => Promise<void>> {
  const connection = dashboard.redis.duplicate();
  const options = { connection, prefix: bullPrefix(dashboard.prefix), autorun: false, name: `${secret}-worker` };
  const worker = new Worker(queue.name, null, options);
  const token = 'taken-by-hand';
  for (const ending of endings) {
    const job = await worker.getNextJob(token, { block: false });
    if (job?.id !== jobIn(ending)) throw new Error(`${jobIn(ending)} is not next`);
    await job.updateProgress({ total: 2, succeeded: 1, leaked: secret });
    await job.log(`${secret} in a log`);
    if (ending === 'completed') await job.moveToCompleted(privateResult, token, false);
    if (ending === 'failed') await job.moveToFailed(new Error('2 of 2 items failed for good'), token, false);
    if (ending === 'delayed') await job.moveToDelayed(Date.now() + 86_400_000, token);
  }
  return async () => {
    await worker.close();
    connection.disconnect();
  };
}

const privateResult = { total: 2, succeeded: 2, leaked: secret, items: [secret] };

async function addFlow(dashboard: TestDashboard, queue: Queue): Promise<void> {
  const flows = new FlowProducer({ connection: dashboard.redis, prefix: bullPrefix(dashboard.prefix) });
  const child = {
    name: `${secret}-name`,
    queueName: queue.name,
    data: plainData('child'),
    opts: { jobId: jobIn('child') },
  };
  await flows.add({
    name: `${secret}-name`,
    queueName: queue.name,
    data: plainData('parent'),
    opts: { jobId: jobIn('parent') },
    children: [child],
  });
  await flows.close();
}

/**
 * Jobs as no client of ours leaves them, to a queue that has been filled: one has failed in somebody's own words, and
 * one has data that is no JSON, a parent and failures to come, which takes a bare connection to Redis.
 */
export async function addForeignJobs(dashboard: TestDashboard, queue: Queue): Promise<void> {
  for (const state of ['failed-otherwise', 'no-json']) {
    await queue.add(`${secret}-name`, plainData(state), { jobId: jobIn(state), delay: 86_400_000 });
  }
  const foreign = { parentKey: secret, defa: secret, deid: secret };
  await dashboard.redis.hset(queue.toKey(jobIn('no-json')), { data: `${secret} is no JSON`, ...foreign });
  const [reason, trace] = [`${secret} was refused`, JSON.stringify([`Error: ${secret}`])];
  const failed = { failedReason: reason, stacktrace: trace, finishedOn: Date.now(), ...foreign };
  await dashboard.redis.hset(queue.toKey(jobIn('failed-otherwise')), failed);
  await dashboard.redis.zrem(queue.toKey('delayed'), jobIn('failed-otherwise'));
  await dashboard.redis.zadd(queue.toKey('failed'), Date.now(), jobIn('failed-otherwise'));
}
