import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { consumerKeys, RequestIndex } from '@session-queue/core/engine';
import { deferred, eventually } from '@session-queue/testing';
import { Worker } from 'bullmq';
import { pino } from 'pino';
import { type FinishEntry, formatFinishEntry } from '../src/settle/finish-entry.ts';
import { Mirror } from '../src/settle/mirror.ts';
import { Lab } from './lab.ts';

const entry: FinishEntry = { what: 'request', kind: 'deletion', id: 'r' };

let lab: Lab;
let mirror: Mirror;
beforeEach(async () => {
  lab = await Lab.start();
  const requests = { deletion: lab.queue('deletion.requests'), resubmission: lab.queue('resubmission.requests') };
  const batches = { deletion: lab.queue('deletion.batches'), resubmission: lab.queue('resubmission.batches') };
  const index = new RequestIndex(lab.redis, 'session-queue');
  const callbacks = lab.queue('request.callbacks');
  mirror = new Mirror({ requests, batches, callbacks, index, retentionMs: 60_000, logger: pino({ level: 'silent' }) });
  await lab.redis.zadd('session-queue:{default}:finish', 1, formatFinishEntry(entry));
});
afterEach(() => lab.stop());

const finish = () => mirror.finish(consumerKeys(lab.redis, 'session-queue', 'default'), entry);
const isLeft = async () => (await lab.redis.zcard('session-queue:{default}:finish')) === 1;

describe('what is to be finished in BullMQ', () => {
  test('stays to be finished while its job is active, and is over when that has ended', async () => {
    const end = deferred();
    const connection = { url: lab.server.url, maxRetriesPerRequest: null };
    const worker = new Worker('deletion.requests', () => end.promise, { connection, prefix: '{session-queue}' });
    try {
      const queue = lab.queue('deletion.requests');
      await queue.add('delete', {}, { jobId: 'r' });
      await eventually(async () => (await queue.getJobState('r')) === 'active');
      await finish();
      expect(await isLeft()).toBe(true);
      end.resolve();
      await eventually(async () => (await queue.getJobState('r')) === 'completed');
      await finish();
      expect(await isLeft()).toBe(false);
    } finally {
      end.resolve();
      await worker.close();
    }
  });

  test('stays to be finished when its job was woken: it has yet to run', async () => {
    const queue = lab.queue('deletion.requests');
    await queue.add('delete', {}, { jobId: 'r', delay: 60_000 });
    await finish();
    expect(await queue.getJobState('r')).toBe('waiting');
    expect(await isLeft()).toBe(true);
  });

  test('is over when its job is proven missing', async () => {
    await finish();
    expect(await isLeft()).toBe(false);
  });
});
