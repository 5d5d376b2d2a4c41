import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Announcements, BusyConsumers, consumerKeys, RequestIndex } from '@session-queue/core/engine';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { Intake } from '../src/intake/intake.ts';
import { PlainJobs } from '../src/intake/plain-jobs.ts';
import { ids, Lab } from './lab.ts';

const prefix = 'session-queue';
const token = 'own';

let lab: Lab;
let bull: Worker;
let connection: Redis;
beforeEach(async () => {
  lab = await Lab.start({});
  await new Announcements(lab.redis, prefix).announce('w', [{ name: 'default', identity: 'one' }]);
  connection = lab.redis.duplicate({ maxRetriesPerRequest: null });
  bull = new Worker('deletion.requests', undefined, { connection, prefix: `{${prefix}}`, autorun: false });
});
afterEach(async () => {
  await bull.close();
  connection.disconnect();
  await lab.stop();
});

function intake(): Intake {
  const options = {
    keysOf: (consumer: string) => consumerKeys(lab.redis, prefix, consumer),
    index: new RequestIndex(lab.redis, prefix),
    retentionMs: 60_000,
    logger: pino({ level: 'silent' }),
  };
  const busy = new BusyConsumers(lab.redis, prefix);
  const announcements = new Announcements(lab.redis, prefix);
  const callbacks = lab.queue('request.callbacks');
  const plainJobs = new PlainJobs({ ...options, busy, announcements, callbacks });
  return new Intake({ ...options, plainJobs });
}

/** Redis as it was before the request was stored: with a job of items, and no record. */
async function forget(id: string): Promise<void> {
  const keys = await lab.redis.keys(`${prefix}:{default}:request:${id}*`);
  await lab.redis.del(...keys);
}

async function activeJob(): Promise<Job> {
  await lab.queue('deletion.requests').add('delete', { sessionIds: ids(5) }, { jobId: 'r' });
  const job = await bull.getNextJob(token);
  if (job === undefined) throw new Error('there is no job');
  return job;
}

const dataOf = async (id: string) => (await lab.queue('deletion.requests').getJob(id))?.data as unknown;
const stateOf = async (id: string) => await lab.queue('deletion.requests').getJobState(id);

describe('a Redis that comes back without its last moments, amid the intake of a plain job', () => {
  test('and has forgotten the request before the job gives up its items: the job keeps them', async () => {
    const job = await activeJob();
    const update = job.updateData.bind(job);
    let updates = 0;
    job.updateData = async (data) => {
      updates += 1;
      if (updates === 1) await forget('r');
      await update(data);
    };
    await expect(intake().run('deletion', job, token)).rejects.toThrow(DelayedError);
    expect(await dataOf('r')).toEqual({ sessionIds: ids(5) });
    expect(await stateOf('r')).toBe('delayed');
  });

  test('and has forgotten all of it before the job goes to sleep: the job does not sleep for an hour', async () => {
    const job = await activeJob();
    const sleep = job.moveToDelayed.bind(job);
    job.moveToDelayed = async (...args) => {
      await forget('r');
      await job.updateData({ sessionIds: ids(5) });
      await sleep(...args);
    };
    await expect(intake().run('deletion', job, token)).rejects.toThrow(DelayedError);
    expect(await stateOf('r')).toBe('waiting');
    expect(await dataOf('r')).toEqual({ sessionIds: ids(5) });
  });
});
