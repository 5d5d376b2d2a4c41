import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { Issuer } from '../src/sign-in/issuer.ts';
import { admin, startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { TestIssuer } from './harness/test-issuer.ts';
import { Visitor } from './harness/visitor.ts';

leakGuard();

const ownUrl = 'https://queue.example.com';
/** As a proxy that ends TLS says it. */
const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'queue.example.com' };
const fromAbroad = { ...secure, 'sec-fetch-site': 'cross-site' };

describe('Signing in at an issuer', () => {
  const issuer = new TestIssuer();
  let dashboard: TestDashboard;

  beforeAll(async () => {
    await issuer.start();
    dashboard = await startDashboard({ users: [admin], ownUrl, issuer: newIssuer() });
  });

  afterAll(async () => {
    await dashboard.stop();
    await issuer.stop();
  });

  beforeEach(() => {
    Object.assign(issuer, { denies: false, forged: {}, hasForeignKey: false, hasEndPage: true, isAway: false });
    issuer.person = { sub: 'u-1', preferred_username: 'ola', roles: ['queue-operators'] };
    dashboard.log.length = 0;
  });

  function newIssuer(clientSecret: string = TestIssuer.clientSecret): Issuer {
    return new Issuer({
      issuer: issuer.url,
      clientId: TestIssuer.clientId,
      clientSecret,
      ownUrl,
      scope: 'openid profile',
      roleClaim: 'roles',
      nameClaim: 'preferred_username',
      roleValues: { viewer: ['queue-viewers', 'everybody'], operator: ['queue-operators'], admin: ['queue-admins'] },
    });
  }

  /** Goes to the issuer and comes back with its answer, which is not given yet. */
  async function comeBack(visitor: Visitor, next = '/requests?id=r-1'): Promise<string> {
    const leaving = await visitor.get(`/sign-in/issuer?next=${encodeURIComponent(next)}`, secure);
    expect(leaving.status).toBe(303);
    visitor.takeCookie(leaving);
    const answer = await fetch(leaving.headers.get('location') ?? '', { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.origin).toBe(ownUrl);
    return `${back.pathname}${back.search}`;
  }

  const sessionCookieOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('__Host-session-queue='))
      ?.split(';')[0];

  async function signedIn(): Promise<Visitor> {
    const visitor = new Visitor(dashboard);
    const answer = await visitor.get(await comeBack(visitor), fromAbroad);
    expect(answer.status).toBe(200);
    visitor.cookie = sessionCookieOf(answer);
    return visitor;
  }

  const lastEntry = async () => (await dashboard.trail.page({}, { limit: 1 })).entries[0];

  it('is offered beside passwords, and asks for a code with PKCE, state and nonce', async () => {
    const page = await (await new Visitor(dashboard).get('/sign-in?next=%2Faudit')).text();
    expect(page).toContain('href="/sign-in/issuer?next=%2Faudit"');
    expect(page).toContain('name="password"');
    const leaving = await new Visitor(dashboard).get('/sign-in/issuer', secure);
    const asked = new URL(leaving.headers.get('location') ?? '');
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: 'dashboard',
      response_type: 'code',
      redirect_uri: `${ownUrl}/sign-in/issuer/answer`,
      scope: 'openid profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    const [cookie = ''] = leaving.headers.getSetCookie();
    for (const attribute of ['__Host-session-queue-visit=', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=600']) {
      expect(cookie).toContain(attribute);
    }
  });

  it('lets somebody in with name and role, and leads on to where they wanted to go', async () => {
    const visitor = new Visitor(dashboard);
    const answer = await visitor.get(await comeBack(visitor), fromAbroad);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('content="0; url=/requests?id=r-1"');
    expect(answer.headers.getSetCookie().join('\n')).toMatch(/__Host-session-queue=[\w-]{43};.*SameSite=Strict/);
    visitor.cookie = sessionCookieOf(answer);
    expect(await (await visitor.get('/audit', secure)).text()).toContain('ola <small>operator</small>');
    expect(await lastEntry()).toMatchObject({ action: 'sign-in', who: 'ola', role: 'operator', outcome: 'done' });
  });

  it.each([
    [['queue-viewers'], 'viewer'],
    [['other', 'queue-viewers', 'queue-admins'], 'admin'],
    ['everybody queue-operators', 'operator'],
  ])('takes the greatest role that %j stands for', async (roles, role) => {
    issuer.person = { sub: 'u-2', roles };
    const page = await (await (await signedIn()).get('/audit', secure)).text();
    expect(page).toContain(`u-2 <small>${role}</small>`);
  });

  it.each([[undefined], [[]], [['queue-admin']], [{ queue: 'queue-admins' }], [42]])(
    'tells somebody whose claim is %j that they have no role, and whom to ask',
    async (roles) => {
      issuer.person = { sub: 'u-3', preferred_username: 'nora', roles };
      const visitor = new Visitor(dashboard);
      const answer = await visitor.get(await comeBack(visitor), fromAbroad);
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('knows you as nora, and gives you no role here. Ask whoever runs it');
      expect(sessionCookieOf(answer)).toBeUndefined();
      expect(await lastEntry()).toMatchObject({ action: 'sign-in', outcome: 'refused' });
    },
  );

  it('lets nobody in under the name of somebody with a password', async () => {
    issuer.person = { sub: 'u-4', preferred_username: 'ada', roles: ['queue-viewers'] };
    const visitor = new Visitor(dashboard);
    const answer = await visitor.get(await comeBack(visitor), fromAbroad);
    expect([answer.status, sessionCookieOf(answer)]).toEqual([403, undefined]);
  });

  describe('is refused', () => {
    async function expectRefused(visitor: Visitor, path: string, status = 400): Promise<string> {
      const answer = await visitor.get(path, fromAbroad);
      expect([answer.status, sessionCookieOf(answer)]).toEqual([status, undefined]);
      return await answer.text();
    }

    it('to another browser than the one that left', async () => {
      const path = await comeBack(new Visitor(dashboard));
      expect(await expectRefused(new Visitor(dashboard), path)).toContain('was begun elsewhere');
      const other = new Visitor(dashboard);
      await comeBack(other);
      await expectRefused(other, path);
    });

    it('the second time with the same answer', async () => {
      const visitor = new Visitor(dashboard);
      const path = await comeBack(visitor);
      expect((await visitor.get(path, fromAbroad)).status).toBe(200);
      await expectRefused(visitor, path);
    });

    it.each([
      ['another state', (path: string) => path.replace(/state=[^&]*/, 'state=other')],
      ['another code', (path: string) => path.replace(/code=[^&]*/, 'code=other')],
      ['no code', (path: string) => path.replace(/code=[^&]*/, '')],
    ])('with %s', async (_what, change) => {
      const visitor = new Visitor(dashboard);
      await expectRefused(visitor, change(await comeBack(visitor)));
    });

    it.each([
      ['of another nonce', { nonce: 'other' }],
      ['for another client', { aud: 'somebody-else' }],
      ['of another issuer', { iss: 'https://elsewhere.example' }],
    ])('with an ID token %s', async (_what, forged) => {
      issuer.forged = forged;
      const visitor = new Visitor(dashboard);
      await expectRefused(visitor, await comeBack(visitor));
    });

    it('where the cookie of the visit is none', async () => {
      for (const value of ['', 'x', Buffer.from('{}').toString('base64url')]) {
        const visitor = new Visitor(dashboard, `__Host-session-queue-visit=${value}`);
        await expectRefused(visitor, '/sign-in/issuer/answer?code=x&state=y');
      }
    });

    it('when somebody turns back at the issuer, and says so', async () => {
      issuer.denies = true;
      const visitor = new Visitor(dashboard);
      expect(await expectRefused(visitor, await comeBack(visitor), 403)).toContain('you have turned back there');
    });
  });

  it('is slowed down for whoever makes up answers: after twenty neither the issuer nor the audit log hears of more', async () => {
    const own = await startDashboard({ users: [], ownUrl, issuer: newIssuer() });
    const visit = { state: 's', nonce: 'n', verifier: 'v', next: '/' };
    const cookie = `__Host-session-queue-visit=${Buffer.from(JSON.stringify(visit)).toString('base64url')}`;
    const guess = async () => await new Visitor(own, cookie).get('/sign-in/issuer/answer?code=x&state=s', fromAbroad);
    for (let i = 0; i < 20; i += 1) expect((await guess()).status).toBe(400);
    const slowed = await guess();
    expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await slowed.text()).toContain('Too many failed attempts. Try again in 1 second.');
    expect((await own.trail.page({ action: 'sign-in' }, { limit: 100 })).entries).toHaveLength(20);
    expect(own.attempts).toEqual([...Array<string>(20).fill('refused'), 'throttled']);
    const visitor = new Visitor(own);
    const path = await comeBack(visitor);
    own.clock.now += 60_000;
    expect((await visitor.get(path, fromAbroad)).status).toBe(200);
    expect(own.attempts.at(-1)).toBe('done');
    await own.stop();
  });

  it('tells that the issuer is away, and works once it is back', async () => {
    const away = await startDashboard({ users: [], ownUrl, issuer: newIssuer() });
    issuer.isAway = true;
    const answer = await new Visitor(away).get('/sign-in/issuer', secure);
    expect(answer.status).toBe(503);
    const page = await answer.text();
    expect(page).toContain('does not answer as an issuer should');
    expect(page).toContain('<h1>Signing in is not possible now</h1>');
    expect(page).not.toContain('Redis is away');
    issuer.isAway = false;
    expect((await new Visitor(away).get('/sign-in/issuer', secure)).status).toBe(303);
    expect(await (await new Visitor(away).get('/sign-in')).text()).not.toContain('name="password"');
    expect((await new Visitor(away).post('/sign-in', { name: 'ada', password: 'x' })).status).toBe(401);
    await away.stop();
  });

  it.each([
    [true, 'href="http://127.0.0.1'],
    [false, 'Sign out there as well, or close the browser.'],
  ])('is followed by signing out, there too where it has a page for it: %j', async (hasEndPage, told) => {
    issuer.hasEndPage = hasEndPage;
    const own = await startDashboard({ users: [], ownUrl, issuer: newIssuer() });
    const visitor = new Visitor(own);
    const answer = await visitor.get(await comeBack(visitor), fromAbroad);
    visitor.cookie = sessionCookieOf(answer);
    const page = await (await visitor.get('/audit', secure)).text();
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const out = await visitor.post('/sign-out', { token }, secure);
    expect([out.status, out.headers.get('location')]).toEqual([303, '/signed-out']);
    expect(await (await visitor.get('/signed-out', secure)).text()).toContain(told);
    expect((await visitor.get('/audit', secure)).status).toBe(303);
    await own.stop();
  });

  it('is asked of those who forge: a token signed by somebody else lets nobody in', async () => {
    issuer.hasForeignKey = true;
    const visitor = new Visitor(dashboard);
    const answer = await visitor.get(await comeBack(visitor), fromAbroad);
    expect([answer.status, sessionCookieOf(answer)]).toEqual([400, undefined]);
    expect((await lastEntry())?.detail).toMatch(/\(OAUTH_\w+\)$/);
  });

  it('leaves no secret, code or token in the log', async () => {
    const visitor = new Visitor(dashboard);
    const path = await comeBack(visitor);
    await visitor.get(path.replace(/state=[^&]*/, 'state=other'), fromAbroad);
    const code = /code=([^&]*)/.exec(path)?.[1] ?? 'none';
    const logged = JSON.stringify(dashboard.log);
    for (const secret of [TestIssuer.clientSecret, code]) expect(logged).not.toContain(secret);
    expect(dashboard.log.length).toBeGreaterThan(0);
  });
});
