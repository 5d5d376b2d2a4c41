import { describe, expect, it } from '@jest/globals';
import { problemList } from '../src/overview/problem-list.ts';
import { problemsOf } from '../src/overview/problems.ts';
import { lane, now, overview, rate } from './harness/lanes.ts';

const since = '2026-03-01T09:00:00.000Z';
const titles = (given: Parameters<typeof overview>[0]) => problemsOf(overview(given)).map(({ title }) => title);

describe('What needs somebody', () => {
  it('is nothing while all is well', () => {
    expect(problemsOf(overview({ lanes: [lane({ items: { pending: 5 }, rate: rate(10, 500) })] }))).toEqual([]);
    expect(problemList([])).toBeUndefined();
  });

  it('is told worst first, each with what to do', () => {
    const [living] = overview().workers;
    if (living === undefined) throw new Error('a worker is alive');
    const problems = problemsOf(
      overview({
        workers: [living, { ...living, id: 'x', host: 'node-2', pid: 9, isAlive: false, seenAt: now - 120_000 }],
        redis: {
          problems: [
            {
              code: 'eviction',
              message:
                'maxmemory-policy is allkeys-lru, accepted requests could be evicted: set maxmemory-policy noeviction',
            },
          ],
          unchecked: [],
          memoryShort: false,
        },
        lanes: [
          lane({ consumer: 'by-hand', stop: { code: 'stopped by hand', message: 'maintenance (ada)', since } }),
          lane({ consumer: 'faulty', items: { pending: 7 }, stop: { code: '41003', message: 'no', since } }),
          lane({ consumer: 'nobody', items: { pending: 3 }, isKnown: false }),
          lane({ consumer: 'doubt', kind: 'resubmission', items: { parked: 2 } }),
          lane({ consumer: 'shared', items: { pending: 1 }, rate: rate(5, 50, 4) }),
        ],
      }),
    );
    expect(problems.map(({ tone, title }) => `${tone}: ${title}`)).toEqual([
      'bad: Redis may evict what was accepted',
      'bad: The lane for deletions of faulty is stopped',
      'bad: No worker knows nobody',
      'warn: 1 worker ended without taking leave',
      'warn: A person has stopped deletions of by-hand',
      'warn: 2 parked items of doubt',
      'warn: 4 calls of shared answered with 429',
    ]);
    for (const { detail, remedy } of problems) {
      expect(detail.length).toBeGreaterThan(20);
      expect(remedy).toMatch(/^[A-Z].*\.$/s);
    }
    expect(problems[0]).toMatchObject({
      detail: 'Maxmemory-policy is allkeys-lru, accepted requests could be evicted.',
      remedy: 'Set maxmemory-policy noeviction.',
    });
    expect(problems[3]?.detail).toContain('node-2 (process 9), last heard of 2 minutes ago');
    expect(problems[6]?.detail).toContain('In the last 5 minutes');
  });

  it('says that no worker is alive, and how to find out why', () => {
    const [first] = problemsOf(overview({ workers: [] }));
    expect(first).toMatchObject({ tone: 'bad', title: 'No worker is alive' });
    expect(first?.remedy).toContain('exit code 78');
  });

  it('says who stopped a kind and why, and which queue is paused', () => {
    const [deletion, resubmission] = overview().kinds;
    if (deletion === undefined || resubmission === undefined) throw new Error('two kinds');
    const stop = { reason: 'wrong school', since, by: 'ada' };
    const kinds = [
      { ...deletion, stop },
      { ...resubmission, isIntakePaused: true, isSendingPaused: true },
    ];
    const [stopped] = problemsOf(overview({ kinds }));
    expect(stopped?.detail).toBe('Over all consumers, since 2026-03-01 09:00:00 UTC by ada: wrong school');
    expect(titles({ kinds })).toEqual([
      'Every deletion is stopped',
      'Sending of resubmissions is paused',
      'Intake of resubmissions is paused',
    ]);
    expect(problemsOf(overview({ kinds })).at(-1)?.detail).toContain('however it was asked for');
  });

  it('of many lanes is told of the first ones, and the rest is counted', () => {
    const stop = { code: '41003', message: 'no', since };
    const lanes = Array.from({ length: 1_000 }, (_, i) =>
      lane({ consumer: `school-${i}`, items: { pending: 1 }, stop }),
    );
    const found = titles({ lanes });
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toBe('990 more lanes are stopped');
  });

  it('is escaped', () => {
    const stop = { code: '41003', message: '<script>alert(1)</script>', since };
    const html = problemList(problemsOf(overview({ lanes: [lane({ stop })] })))?.text;
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('<script>');
  });
});
