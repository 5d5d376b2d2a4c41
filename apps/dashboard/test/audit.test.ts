import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditKey } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { auditCsvLine } from '../src/audit/audit-csv.ts';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

describe('The audit log', () => {
  let dashboard: TestDashboard;
  let vera: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    vera = await signedInVisitor(dashboard, viewer);
  });

  afterAll(async () => await dashboard.stop());

  beforeEach(async () => await dashboard.redis.del(auditKey(dashboard.prefix)));

  const page = async (path = '/audit') => {
    const answer = await vera.get(path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return await answer.text();
  };
  const targetsOn = (html: string) =>
    [...html.matchAll(/data-label="On"[^>]*>(?:<a href="\/requests\?id=[\w-]+">)?([^<]*)</g)].map(
      ([, target]) => target,
    );

  it('says that an action may have been done where Redis gave no answer to it, and so does the page', async () => {
    const ada = await signedInVisitor(dashboard, admin);
    const { stops } = dashboard;
    stops.set = () => {
      throw new Error('the connection was cut');
    };
    try {
      const answer = await ada.act('/actions/stop-kind', { kind: 'deletion' });
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('it may have been done. Look whether it was before you do it again.');
    } finally {
      Reflect.deleteProperty(stops, 'set');
    }
    const [entry] = (await dashboard.trail.page({ action: 'stop-kind' }, { limit: 1 })).entries;
    expect(entry).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('it may have been done') });
  });

  it('is read by everybody who signs in, and by nobody else', async () => {
    await dashboard.trail.note({ action: 'hold', who: 'ada', target: 'r-1', reason: 'a <b>' }, { outcome: 'done' });
    const html = await page();
    expect(html).toContain('a &lt;b&gt;');
    expect(targetsOn(html)).toEqual(['r-1']);
    for (const path of ['/audit', '/audit.csv']) expect((await new Visitor(dashboard).get(path)).status).toBe(303);
  });

  it('tells of coming and going, and of failed attempts, never with what was typed', async () => {
    const ada = await signedInVisitor(dashboard, admin);
    await ada.act('/sign-out');
    const stranger = new Visitor(dashboard);
    await stranger.post('/sign-in', { name: 'ada', password: 'wr0ng-guess' });
    await stranger.post('/sign-in', { name: 'typed-a-secret', password: 'x' });
    const { entries } = await dashboard.trail.page({}, { limit: 10 });
    expect(entries.map(({ action, who, outcome, detail }) => [action, who, outcome, detail])).toEqual([
      ['sign-in', undefined, 'refused', 'unknown name'],
      ['sign-in', undefined, 'refused', 'wrong password for ada'],
      ['sign-out', 'ada', 'done', undefined],
      ['sign-in', 'ada', 'done', undefined],
    ]);
    expect(await page()).toContain('127.0.0.1');
    const told = JSON.stringify(entries);
    for (const typed of ['wr0ng-guess', 'typed-a-secret', admin.password]) expect(told).not.toContain(typed);
  });

  it('says of an action whose process died that its outcome is unknown', async () => {
    await dashboard.trail.begin({ action: 'cancel', who: 'ada', target: 'r-1', reason: 'ticket' });
    expect(await page()).toMatch(/<span class="pill bad">unknown<\/span>.*it may have been done/);
  });

  it('shows 50 entries a page, the newest first, and each once', async () => {
    for (let number = 1; number <= 120; number += 1) {
      await dashboard.trail.note({ action: 'hold', who: 'ada', target: `r-${number}` }, { outcome: 'done' });
    }
    const found: (string | undefined)[] = [];
    let path: string | undefined = '/audit';
    for (let pages = 0; path !== undefined && pages < 10; pages += 1) {
      const html: string = await page(path);
      found.push(...targetsOn(html));
      path = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(found).toEqual(Array.from({ length: 120 }, (_, index) => `r-${120 - index}`));
  });

  it('shows one person or one action, and takes odd questions for none', async () => {
    await dashboard.trail.note({ action: 'hold', who: 'ada', target: 'r-1' }, { outcome: 'done' });
    await dashboard.trail.note({ action: 'cancel', who: 'olga', target: 'r-2' }, { outcome: 'done' });
    expect(targetsOn(await page('/audit?who=olga'))).toEqual(['r-2']);
    expect(targetsOn(await page('/audit?who=&action=hold'))).toEqual(['r-1']);
    expect(targetsOn(await page('/audit?who=olga&action=hold'))).toEqual([]);
    expect(targetsOn(await page('/audit?action=x&before=y&who=a&who=b'))).toEqual(['r-2', 'r-1']);
  });

  it('is downloaded as CSV, all of it, and no spreadsheet runs what people wrote', async () => {
    await dashboard.trail.note(
      { action: 'hold', who: 'ada', target: 'r-1', reason: '=HYPERLINK("x"), "quoted"' },
      { outcome: 'done' },
    );
    const answer = await vera.get('/audit.csv');
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const [head, line, ...rest] = (await answer.text()).split('\r\n');
    expect(head).toBe('at,who,role,action,target,outcome,reason,detail,way,address,id');
    expect(line).toContain(`"'=HYPERLINK(""x""), ""quoted"""`);
    expect(rest).toEqual(['']);
  });

  it.each(['=1', '+1', '-1', '@x', '\tx'])('takes the edge off a field that begins as a formula: %j', (reason) => {
    const line = auditCsvLine({ place: '1-1', id: 'i', action: 'hold', outcome: 'done', at: 'x', reason });
    expect(line).toContain(`"'${reason}"`);
  });
});
