import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readLaneFigures } from '@session-queue/core/engine';
import { eventually } from '@session-queue/testing';
import { pino } from 'pino';
import { readWorkerSettings } from '../src/settings.ts';
import { ids, Lab } from './lab.ts';

const dayMs = 24 * 3_600_000;

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start();
});
afterEach(() => lab.stop());

const notBefore = new Date(Date.now() + 3_600_000).toISOString();
async function termOf(id: string): Promise<number | undefined> {
  const { deadline, createdAt } = await lab.view(id);
  return deadline === undefined ? undefined : Math.round((Date.parse(deadline) - Date.parse(createdAt)) / dayMs);
}

test('deletions are due after as many days as the workers have it, from clients and as plain jobs', async () => {
  await lab.replica([lab.fastConsumer()], { deletionTermMs: 7 * dayMs });
  const { id } = await lab.client.deleteSessions({ sessionIds: ids(1), notBefore });
  expect(await termOf(id)).toBe(7);
  const deadline = new Date(Date.now() + 3 * dayMs).toISOString();
  const jobs = lab.queue('deletion.requests');
  await jobs.add('delete', { sessionIds: ids(1), notBefore }, { jobId: 'plain' });
  await jobs.add('delete', { sessionIds: ids(1), notBefore, deadline }, { jobId: 'plain-due' });
  await eventually(async () => {
    const views = await Promise.all(['plain', 'plain-due'].map((id) => lab.client.getRequest(id)));
    return views.every((view) => view !== undefined && view.state !== 'receiving');
  });
  expect(await termOf('plain')).toBe(7);
  expect(await lab.view('plain-due')).toMatchObject({ deadline });
  const resubmission = await lab.client.resubmit({ submissions: ['AAAA'], notBefore });
  expect(resubmission).not.toHaveProperty('deadline');
});

test('deletions have no deadline where the workers have none', async () => {
  await lab.replica([lab.fastConsumer()], { deletionTermMs: null });
  const { id } = await lab.client.deleteSessions({ sessionIds: ids(1), notBefore });
  expect(await termOf(id)).toBeUndefined();
});

test('the rounds tell of requests at risk, once, and of those that are missed', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  await lab.client.deleteSessions({
    id: 'at-risk',
    sessionIds: ids(2),
    notBefore,
    deadline: new Date(Date.parse(notBefore) + 1_000).toISOString(),
  });
  await lab.client.deleteSessions({ id: 'missed', sessionIds: ids(2), notBefore, deadline: '2026-01-01T00:00:00Z' });
  await lab.client.deleteSessions({ id: 'fine', sessionIds: ids(2), notBefore });
  await lab.replica([lab.fastConsumer()], { logger });
  await eventually(
    async () => (await lab.view('at-risk')).atRisk !== undefined && (await lab.view('missed')).missed !== undefined,
    { timeoutMs: 15_000 },
  );
  expect(await lab.view('missed')).toMatchObject({ missed: '2026-01-01T00:00:00.000Z' });
  expect(await lab.view('fine')).not.toHaveProperty('atRisk');
  const { deletion } = await readLaneFigures(lab.redis, 'session-queue', 'default');
  expect(deletion).toMatchObject({ atRisk: 1, missed: 1, nextDeadline: Date.parse('2026-01-01T00:00:00Z') });
  const told = lines.map(({ msg, requests }) => [msg, requests]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['requests are at risk of missing their deadline', 2],
      ['requests have missed their deadline', 1],
    ]),
  );
});

describe('DELETION_DEADLINE_DAYS', () => {
  const consumer = { LEARNOSITY_CONSUMER_KEY: 'k', LEARNOSITY_CONSUMER_SECRET: 's', LEARNOSITY_DOMAIN: 'd.example' };
  const read = (days?: string) =>
    readWorkerSettings({ ...consumer, ...(days !== undefined && { DELETION_DEADLINE_DAYS: days }) });

  test('is 30, a number of days, or none', () => {
    expect(read().DELETION_DEADLINE_DAYS).toBe(30);
    expect(read('7').DELETION_DEADLINE_DAYS).toBe(7);
    expect(read('none').DELETION_DEADLINE_DAYS).toBe('none');
  });

  test.each(['0', '3651', '-1', 'never', '1.5'])('is refused as %s', (days) => {
    expect(() => read(days)).toThrow(/DELETION_DEADLINE_DAYS must be a whole number of days from 1 to 3650, or none/);
  });
});
