import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RuleStore, redisNow } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { operator, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { rule, setRules } from './harness/rules.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('The pages of retention rules', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, viewer);
  });
  beforeEach(async () => {
    for (const { name } of await dashboard.rules.listRules()) await dashboard.rules.removeRule(name);
  });
  afterAll(async () => await dashboard.stop());

  const pageAt = async (path: string, who = visitor) => await (await who.get(path)).text();

  it('say that there are none, and how they are made', async () => {
    expect(await pageAt('/rules')).toContain('session-queue rules set');
  });

  it('list every rule with what it does, its next run and its last one, and tell of one that is late', async () => {
    await setRules(dashboard.rules);
    await dashboard.redis.hset(`{${dashboard.prefix}}:rule:on`, 'due', (await redisNow(dashboard.redis)) - 120_000);
    const page = await pageAt('/rules');
    expect(page).toContain('href="/rules/on"');
    expect(page).toContain('0 3 * * 0, Europe/Berlin');
    expect(page).toContain('deletes up to 5,000 a run');
    expect(page).toContain('<span class="pill bad">late</span>');
    expect(page).toContain('<span class="pill calm">disabled</span>');
    expect(page).toContain('never');
  });

  it('show one rule with its runs, and name no learner', async () => {
    await dashboard.rules.putRule('with-runs', rule, { by: 'ada' });
    const store = new RuleStore(dashboard.redis, dashboard.prefix);
    const { moment } = await dashboard.rules.runRule('with-runs', { by: 'olga' });
    const found = await store.findRun('with-runs', Date.parse(moment));
    if (found === undefined) throw new Error('no run');
    const error = { code: 'over_cap', message: 'It found 7000 sessions, over its cap' };
    await store.endRun('with-runs', found, { ...found.run, state: 'reported', count: 7_000, error, selection: 's-1' });
    const page = await pageAt('/rules/with-runs');
    expect(page).toContain('of 1 learner, completed longer ago than 3 years');
    expect(page).toContain('retention &lt;three&gt; years');
    expect(page).toContain('<span class="pill warn">reported</span>');
    expect(page).toContain('It found 7000 sessions, over its cap (over_cap)');
    expect(page).toContain('<a href="/selection?id=s-1" aria-label="Selection, 7,000">7,000</a>');
    expect(page).toContain('olga');
    expect(page).toContain('by ada');
    expect(page).not.toContain('private-learner');
  });

  it('let those switch a rule who may: an operator disables it, and only an admin lets it delete again', async () => {
    await setRules(dashboard.rules);
    expect(await pageAt('/rules')).not.toContain('/actions/');
    const page = await pageAt('/rules', await signedInVisitor(dashboard, operator));
    expect(page).toContain('href="/actions/disable-rule?rule=on"');
    expect(page).not.toContain('enable-rule?rule=off');
  });

  it('know no other rule', async () => {
    for (const name of ['none', '%20', 'a%2Fb']) expect((await visitor.get(`/rules/${name}`)).status).toBe(404);
  });
});
