import { describe, expect, test } from '@jest/globals';
import { referenceOf, rows, stage } from './stage/stage.ts';

const status = ['queued', 'running', 'halted', 'completed'];

describe('a scripted job', () => {
  test('ends halted, and changes nothing', async () => {
    const { deletion, resubmission, jobs, advance, fake } = await stage();
    fake.script({ fault: 'halted', times: 2 });
    await deletion(['a']);
    await resubmission(['AAAA']);
    await deletion(['b']);
    advance(10_000);
    const answer = await jobs({ status });
    expect(rows(answer).map(({ status }) => status)).toEqual(['halted', 'halted', 'completed']);
    expect(fake.session('a').deletedAt).toBeNull();
    expect(fake.submission('AAAA').stored).toBe(0);
    expect(fake.session('b').deletedAt).not.toBeNull();
  });

  test('takes its own time', async () => {
    const { deletion, jobs, advance, fake } = await stage();
    fake.script({ fault: 'jobTime', min: 3_600_000, max: 3_600_000, times: 1 });
    await deletion(['slow']);
    await deletion(['fast']);
    advance(10_000);
    expect((await jobs({})).data).toHaveLength(1);
    advance(3_600_000);
    expect((await jobs({}, {})).data).toHaveLength(2);
  });

  test('shows up late in /jobs', async () => {
    const { deletion, jobs, advance, fake } = await stage({ jobMs: { min: 0, max: 0 } });
    fake.script({ fault: 'lateReference', min: 3000, max: 3000 });
    const references = [referenceOf(await deletion(['a']))];
    advance(2999);
    expect((await jobs({ references, status })).data).toEqual([]);
    expect(fake.session('a').deletedAt).not.toBeNull();
    advance(1);
    expect((await jobs({ references, status })).data).toHaveLength(1);
  });

  test('vanishes from /jobs, and still takes effect', async () => {
    const { deletion, jobs, advance, fake } = await stage();
    fake.script({ fault: 'vanishingReference', afterMs: 500 });
    const references = [referenceOf(await deletion(['a']))];
    expect((await jobs({ references, status })).data).toHaveLength(1);
    advance(500);
    expect((await jobs({ references, status })).data).toEqual([]);
    advance(10_000);
    expect((await jobs({ references, status })).data).toEqual([]);
    expect(fake.session('a').deletedAt).not.toBeNull();
  });
});
