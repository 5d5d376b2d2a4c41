import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { chosenLanes } from '../src/overview/lane-choice.ts';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { giveFigures } from './harness/figures.ts';
import { lane } from './harness/lanes.ts';

leakGuard();

describe('A thousand consumers', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard({ users: [] });
    const names = Array.from({ length: 1_000 }, (_, i) => `school-${String(i).padStart(4, '0')}`);
    dashboard.records.announced = names;
    await Promise.all(
      names.slice(0, 600).map(async (name, i) => await giveFigures(dashboard, name, { 'deletion:pending': i + 1 })),
    );
  });

  afterAll(async () => await dashboard.stop());

  const page = async (path: string) => await (await fetch(`${dashboard.url}${path}`)).text();
  const rows = (html: string) =>
    [...html.matchAll(/<th scope="row"><span class="name">(school-\d+)</g)].map(([, name]) => name);

  it('are shown as the busiest hundred, and the others counted, in a page of bounded size', async () => {
    const html = await page('/');
    expect(rows(html)).toHaveLength(100);
    expect(rows(html)[0]).toBe('school-0599');
    expect(html).toContain('500 more lanes with something open');
    expect(html).toContain('<summary>400 consumers with nothing open</summary>');
    expect(html).toContain('<p class="more">and 300 more</p>');
    expect(html).toContain('<dt>Pending</dt><dd>180,300</dd>');
    expect(html.length).toBeLessThan(250_000);
  });

  it('are found by a part of their name, also in events', async () => {
    const html = await page('/?consumer=OL-000');
    expect(rows(html)).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1', '0'].map((digit) => `school-000${digit}`));
    expect(html).toContain('data-events="/events?consumer=OL-000"');
    expect(rows(await page('/?consumer=nobody'))).toEqual([]);
    expect(await page('/?consumer=%3Cb%3E')).toContain('“&lt;b&gt;”');
  });

  it('show the stopped lanes before the busy ones', () => {
    const stop = { code: '41003', message: 'no', since: '2026-03-01T09:00:00.000Z' };
    const lanes = [lane({ consumer: 'busy', items: { pending: 9_000 } }), lane({ consumer: 'stopped', stop })];
    expect(chosenLanes(lanes, '').open.map(({ consumer }) => consumer)).toEqual(['stopped', 'busy']);
  });
});
