import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { sessionIdleMs, sessionLifetimeMs } from '../src/sign-in/sessions.ts';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

describe('Signing in', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard();
  });

  afterAll(async () => await dashboard.stop());

  beforeEach(() => {
    dashboard.log.length = 0;
    // What an earlier test failed at is forgotten.
    dashboard.clock.now += 3_600_000;
  });

  it('is asked of everybody for everything, and leads back to where they wanted to go', async () => {
    const stranger = new Visitor(dashboard);
    for (const path of [
      '/',
      '/requests?id=r-1',
      '/queues/',
      '/queues/queue/deletion.requests?status=failed',
      '/nothing',
    ]) {
      const answer = await stranger.get(path);
      expect({ path, status: answer.status }).toEqual({ path, status: 303 });
      expect(answer.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
    }
    const form = await (await stranger.get('/sign-in?next=%2Frequests%3Fid%3Dr-1')).text();
    expect(form).toContain('name="next" value="/requests?id=r-1"');
    const answer = await stranger.post('/sign-in', { name: 'ada', password: admin.password, next: '/requests?id=r-1' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/requests?id=r-1']);
  });

  it('is a 401 for programs, and for changes', async () => {
    const stranger = new Visitor(dashboard);
    expect((await stranger.api('get', '/api/queues')).status).toBe(401);
    expect((await stranger.api('put', '/api/queues/deletion.requests/pause')).status).toBe(401);
    expect((await stranger.post('/actions/pause', { queue: 'deletion.requests', reason: 'because' })).status).toBe(401);
    expect((await stranger.get('/queues/static/js/main.f10757109b.js', { accept: '*/*' })).status).toBe(401);
    expect(await dashboard.queues.of('deletion').requests.isPaused()).toBe(false);
  });

  it('is asked for in words where a form comes of a sign-in that is over, and nothing is done', async () => {
    const form = { queue: 'deletion.requests', reason: 'because' };
    const answer = await new Visitor(dashboard).post('/actions/pause', form);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('Your sign-in is over, and nothing was done. Sign in, and do it again.');
    expect(await dashboard.queues.of('deletion').requests.isPaused()).toBe(false);
  });

  it('gives a cookie that no script reads and no other site sends, for half a day', async () => {
    const answer = await new Visitor(dashboard).post('/sign-in', { name: 'vera', password: viewer.password });
    const [cookie = ''] = answer.headers.getSetCookie();
    const [, ...attributes] = cookie.split('; ');
    expect(attributes).toEqual(
      expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/', `Max-Age=${sessionLifetimeMs / 1000}`]),
    );
    expect(cookie).not.toContain('Secure');
  });

  it('gives a cookie for HTTPS and this host alone where a proxy of our own says that it speaks HTTPS', async () => {
    const secure = { 'x-forwarded-proto': 'https' };
    const visitor = new Visitor(dashboard);
    const answer = await visitor.post('/sign-in', { name: 'vera', password: viewer.password }, secure);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-session-queue=.*; Path=\/;.*; Secure/);
    visitor.takeCookie(answer);
    expect((await visitor.get('/', secure)).status).toBe(200);
    expect((await visitor.get('/')).status).toBe(303);
  });

  it('refuses a wrong password and an unknown name alike, and logs neither what was typed', async () => {
    const stranger = new Visitor(dashboard);
    const wrong = await stranger.post('/sign-in', { name: 'ada', password: 'wr0ng-guess' });
    const unknown = await stranger.post('/sign-in', { name: 'typed-a-secret', password: admin.password });
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await answer.text()).toContain('Name or password is wrong.');
    }
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({ action: 'sign-in', outcome: 'refused', detail: 'wrong password for ada' }),
    );
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({ action: 'sign-in', outcome: 'refused', detail: 'unknown name' }),
    );
    const logged = JSON.stringify([dashboard.log, await dashboard.trail.page({}, { limit: 100 })]);
    for (const typed of ['wr0ng-guess', 'typed-a-secret', admin.password]) expect(logged).not.toContain(typed);
  });

  it('refuses a form that is none', async () => {
    const stranger = new Visitor(dashboard);
    expect((await stranger.post('/sign-in', {})).status).toBe(400);
    expect((await stranger.post('/sign-in', { name: 'ada' })).status).toBe(400);
    expect((await stranger.post('/sign-in', { name: 'ada', password: 'x'.repeat(9_000) })).status).toBe(413);
  });

  it('makes guessing slow: after five failures the right password has to wait as well, and never over a minute', async () => {
    dashboard.attempts.length = 0;
    const guesser = new Visitor(dashboard);
    for (let guess = 1; guess <= 5; guess += 1) {
      expect((await guesser.post('/sign-in', { name: 'ada', password: `guess-${guess}` })).status).toBe(401);
    }
    const tooSoon = await guesser.post('/sign-in', { name: 'ada', password: admin.password });
    expect(tooSoon.status).toBe(429);
    expect(Number(tooSoon.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await tooSoon.text()).toContain('Too many failed attempts');
    dashboard.clock.now += 60_000;
    expect((await guesser.post('/sign-in', { name: 'ada', password: admin.password })).status).toBe(303);
    expect(dashboard.attempts).toEqual([...Array<string>(5).fill('refused'), 'throttled', 'done']);
  });

  it('counts guesses that come at once one by one', async () => {
    const guesser = new Visitor(dashboard);
    const guesses = Array.from({ length: 12 }, (_, guess) =>
      guesser.post('/sign-in', { name: 'vera', password: `guess-${guess}` }),
    );
    const answers = (await Promise.all(guesses)).map(({ status }) => status);
    expect(answers.filter((status) => status === 401)).toHaveLength(5);
    expect(answers.filter((status) => status === 429)).toHaveLength(7);
  });

  it('shows the name that was typed again, and runs nothing of it', async () => {
    const answer = await new Visitor(dashboard).post('/sign-in', {
      name: '"><script>alert(1)</script>',
      password: 'x',
    });
    const page = await answer.text();
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example/', '/.//evil.example/', 'javascript:alert(1)'])(
    'never leads to another site: %s',
    async (next) => {
      const visitor = new Visitor(dashboard);
      const answer = await visitor.post('/sign-in', { name: 'ada', password: admin.password, next });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    },
  );

  it('notes who came in', async () => {
    await signedInVisitor(dashboard, admin);
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({ audit: true, action: 'sign-in', who: 'ada', role: 'admin', outcome: 'done' }),
    );
  });
});

describe('A session', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard();
  });

  afterAll(async () => await dashboard.stop());

  it('ends for good on signing out, for a copy of the cookie as well', async () => {
    const visitor = await signedInVisitor(dashboard, admin);
    const copy = new Visitor(dashboard, visitor.cookie);
    expect((await copy.get('/')).status).toBe(200);
    const answer = await visitor.act('/sign-out');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^session-queue=;.*Expires=Thu, 01 Jan 1970/);
    expect((await copy.get('/')).status).toBe(303);
    expect((await copy.api('get', '/api/queues')).status).toBe(401);
  });

  it('leaves nothing in Redis once it is signed out of, and never outlasts its idle time there', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    const keys = async () => await dashboard.redis.keys(`${dashboard.prefix}:dashboard:session:*`);
    const before = await keys();
    for (const key of before) {
      const left = await dashboard.redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(sessionIdleMs);
      expect(key).not.toContain(visitor.cookie?.split('=')[1] ?? 'no cookie');
    }
    await visitor.act('/sign-out');
    expect((await keys()).length).toBe(before.length - 1);
  });

  it('is not signed out of by a form of another session, or of none', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    const other = await (await signedInVisitor(dashboard, admin)).formToken();
    for (const form of [{}, { token: other }, { token: '' }]) {
      expect((await visitor.post('/sign-out', form)).status).toBe(403);
    }
    expect((await visitor.get('/')).status).toBe(200);
  });

  it('runs out after half a day, however busy it was', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    for (let used = 0; used < sessionLifetimeMs - 1_000; used += sessionIdleMs / 2) {
      expect((await visitor.get('/audit')).status).toBe(200);
      dashboard.clock.now += Math.min(sessionIdleMs / 2, sessionLifetimeMs - 1_000 - used);
    }
    expect((await visitor.get('/audit')).status).toBe(200);
    dashboard.clock.now += 1_000;
    expect((await visitor.get('/audit')).status).toBe(303);
  });

  it('runs out when nobody uses it, though its page keeps itself up to date', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    const byItself = { 'sec-fetch-dest': 'empty' };
    dashboard.clock.now += sessionIdleMs - 1_000;
    expect((await visitor.get('/charts.json', byItself)).status).toBe(200);
    dashboard.clock.now += 1_000;
    expect((await visitor.get('/charts.json', byItself)).status).toBe(303);
  });

  it('that was made up is none', async () => {
    const [name = ''] = ((await signedInVisitor(dashboard, viewer)).cookie ?? '').split('=');
    for (const value of ['', 'x', 'A'.repeat(43), '*', `${'A'.repeat(43)}x`]) {
      const answer = await new Visitor(dashboard, `${name}=${value}`).get('/');
      expect({ value, status: answer.status }).toEqual({ value, status: 303 });
    }
  });

  it('before it is over once somebody signs in with the same browser', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    const copy = new Visitor(dashboard, visitor.cookie);
    expect((await visitor.post('/sign-in', { name: admin.name, password: admin.password })).status).toBe(303);
    expect((await copy.get('/')).status).toBe(303);
  });

  it('is not asked for again when somebody follows a link from another site: the page comes again from here', async () => {
    const visitor = await signedInVisitor(dashboard, viewer);
    const withoutCookie = await new Visitor(dashboard).get('/requests?id=r-1', { 'sec-fetch-site': 'cross-site' });
    expect(withoutCookie.status).toBe(200);
    const page = await withoutCookie.text();
    expect(page).toContain('<meta http-equiv="refresh" content="0; url=/requests?id=r-1">');
    expect((await visitor.get('/', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});
