import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import type { Browser, Page } from 'playwright-core';
import { retryFailed } from './stage/acts.ts';
import { describeInBrowser, launchBrowser } from './stage/chromium.ts';
import { Site } from './stage/site.ts';
import { Visit } from './stage/visit.ts';

leakGuard();

/** Of one that is pressed again and again until it is somewhere. */
const mostKeys = 40;

describeInBrowser('In a browser', () => {
  let site: Site;
  let browser: Browser;
  const visits: Visit[] = [];

  beforeAll(async () => {
    [site, browser] = await Promise.all([Site.start('in a browser'), launchBrowser()]);
  }, 60_000);

  afterEach(async () => {
    for (const visit of visits.splice(0)) await visit.end();
  });

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  }, 30_000);

  async function visit(): Promise<Visit> {
    const started = await Visit.start(browser, site);
    visits.push(started);
    return started;
  }

  /** The state that the page of a request shows. */
  async function shows(page: Page, state: RegExp): Promise<void> {
    await page.locator('main').getByText(state).first().waitFor({ timeout: 30_000 });
  }

  test('somebody signs in, is told of a wrong password, and signs out', async () => {
    const { page, faults } = await visit();
    await page.goto('/queues/');
    await page.getByLabel('Name').fill(site.viewer.name);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(faults.splice(0).filter((fault) => !fault.includes('401'))).toEqual([]);
    expect(await page.getByLabel('Name').inputValue()).toBe(site.viewer.name);
    await page.getByLabel('Password').fill(site.viewer.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // Where the visitor wanted to go.
    await page.waitForURL('**/queues/');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  test('a request is watched to its end, on a page that is loaded once', async () => {
    const { page, faults, ...rest } = await signedIn('viewer');
    const request = await site.deleteSessions(500);
    // However slow this machine is, it is not over before anybody looks.
    await site.world.client.hold(request);
    await rest.goTo(`/requests?id=${request}`);
    await page.evaluate(() => document.documentElement.setAttribute('data-loaded-once', ''));
    await shows(page, /^held$/i);
    await site.world.client.release(request);
    await shows(page, /^completed$/i);
    expect(await page.locator('html[data-loaded-once]').count()).toBe(1);
    expect(faults).toEqual([]);
  }, 60_000);

  test('an admin retries a failed request, and only then does it complete', async () => {
    const { page, faults, ...rest } = await signedIn('admin');
    const bad = await site.refuseSessions();
    const request = await site.deleteSessions(60, { reason: 'end of contract' }, 3);
    expect(await site.ended(request)).toBe('failed');
    await rest.goTo(`/requests?id=${request}`);
    await shows(page, /^failed$/i);
    await bad.remove();
    await retryFailed(page, 'the sessions are there now');
    await shows(page, /^completed$/i);
    const view = await site.world.client.getRequest(request);
    expect(view).toMatchObject({ state: 'completed', counts: { succeeded: 60, failed: 0 } });
    expect(faults).toEqual([]);
  }, 90_000);

  test('an admin places a legal hold, which keeps what it is on, and lifts it again', async () => {
    const { page, faults, ...rest } = await signedIn('admin');
    await rest.goTo('/legal-holds');
    await page.getByRole('link', { name: 'Place a legal hold…' }).click();
    await page.getByRole('combobox', { name: 'Consumer' }).selectOption('default');
    await page.getByRole('textbox', { name: /^Their ids/ }).fill('kept-1\nkept-2\n');
    await page.getByRole('textbox', { name: 'Why?' }).fill('case 2027-12');
    await page.getByRole('button', { name: 'Place this legal hold' }).click();
    await page.getByRole('heading', { name: 'Legal hold on 2 sessions' }).waitFor();
    const { client } = site.world;
    const { id } = await client.deleteSessions({ sessionIds: ['kept-1', 'free-1'] });
    expect(await site.ended(id)).toBe('failed');
    await rest.goTo(`/requests?id=${id}`);
    await page.getByRole('link', { name: 'Its legal holds' }).click();
    await page.getByRole('link', { name: /^Lift the legal hold on 2 sessions/ }).click();
    await page.getByRole('textbox', { name: 'Why?' }).fill('the case is closed');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Lift this legal hold' }).click();
    await page.getByText('The legal hold is lifted.').waitFor();
    await page.getByText('Nothing is under a legal hold.').waitFor();
    expect(await client.holds.legalHolds()).toEqual([]);
    await rest.goTo(`/requests?id=${id}`);
    await retryFailed(page, 'the case is closed');
    await shows(page, /^completed$/i);
    expect(faults).toEqual([]);
  }, 90_000);

  test('an admin selects sessions by a form, and is led to what it finds', async () => {
    const { page, faults, ...rest } = await signedIn('admin');
    await rest.goTo('/selections');
    await page.getByRole('link', { name: 'Select…' }).click();
    await page.getByRole('combobox', { name: 'Consumer' }).selectOption('default');
    await page.getByRole('textbox', { name: /^Of these learners/ }).fill('nobody-1\nnobody-2\n');
    await page.getByRole('checkbox', { name: 'Completed' }).check();
    await page.getByRole('group', { name: 'Started' }).getByLabel('from').fill('2023-01-31T08:30');
    await page.getByRole('textbox', { name: 'Why?' }).fill('retention');
    await page.getByRole('button', { name: 'Select these' }).click();
    await page.getByText('The sessions are being found.').waitFor();
    await page.getByText('of 2 learners; with status Completed; started after 2023-01-31 08:30:00 UTC').waitFor();
    await shows(page, /^ready$/i);
    expect(faults).toEqual([]);
  }, 60_000);

  test('a viewer is offered nothing that changes anything, and is refused when asking all the same', async () => {
    const admin = await signedIn('admin');
    const request = await failedRequest();
    await admin.goTo(`/requests?id=${request}`);
    await admin.page.getByRole('link', { name: /^retry/i }).click();
    const retry = admin.page.locator('form.ask');
    const form = await retry.evaluate((element) => {
      const fields = [...new FormData(element as HTMLFormElement)].filter(([, value]) => typeof value === 'string');
      return { action: element.getAttribute('action') ?? '', fields: Object.fromEntries(fields) as object };
    });

    const viewer = await signedIn('viewer');
    for (const path of ['/', `/requests?id=${request}`]) {
      await viewer.goTo(path);
      const buttons = await viewer.page.locator('main :is(button, .button)').allTextContents();
      expect(buttons.filter((text) => /retry|pause|resume|stop|start|hold|cancel|resend/i.test(text))).toEqual([]);
    }
    const answer = await viewer.page.request.post(form.action, {
      form: { ...form.fields, reason: 'because' },
      headers: { origin: site.url },
      maxRedirects: 0,
    });
    expect(answer.status()).toBe(403);
    expect((await site.world.client.getRequest(request))?.state).toBe('failed');

    // Bull Board has buttons for much that nobody may do.
    const queue = '/queues/queue/deletion.requests';
    for (const [somebody, offered] of [
      [admin, ['Retry']],
      [viewer, []],
    ] as const) {
      await somebody.goTo(`${queue}/${request}`);
      await somebody.page.getByText(/^Delete 5 sessions of default$/).waitFor();
      const buttons = somebody.page.locator('ul[class*="jobActions-"] button:visible');
      expect(await buttons.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual(offered);
    }
    const put = (path: string) => viewer.page.request.put(path, { headers: { origin: site.url } });
    expect((await put('/queues/api/queues/deletion.requests/pause')).status()).toBe(403);
    expect((await put(`/queues/api/queues/deletion.requests/${request}/retry`)).status()).toBe(403);
    expect([...admin.faults, ...viewer.faults]).toEqual([]);
  }, 90_000);

  test('whoever changes something in Bull Board says why, and Escape is thinking better of it', async () => {
    const admin = await signedIn('admin');
    const answers = ['no', 'ticket 4711'];
    const asked: string[] = [];
    admin.page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      const answer = answers.shift();
      void (answer === undefined ? dialog.dismiss() : dialog.accept(answer));
    });
    await admin.goTo('/queues/queue/resubmission.batches');
    const choose = async (what: string) => {
      await admin.page.getByRole('button', { name: 'More' }).first().click();
      await admin.page.getByRole('menuitem', { name: what }).click();
      await admin.page.getByRole('button', { name: 'Confirm' }).click();
    };
    const isPaused = async (): Promise<boolean> => {
      const answer = await admin.page.request.get('/queues/api/queues?activeQueue=resubmission.batches');
      const { queues } = (await answer.json()) as { queues: { name: string; isPaused: boolean }[] };
      return queues.some(({ name, isPaused }) => name === 'resubmission.batches' && isPaused);
    };
    await choose('Pause');
    await eventually(async () => (await isPaused()) || undefined);
    // The first answer was too short.
    expect(asked).toHaveLength(2);
    const refused = admin.page.waitForResponse((response) => response.url().endsWith('/resume'));
    await choose('Resume');
    expect((await refused).status()).toBe(403);
    expect(await isPaused()).toBe(true);
    answers.push('ticket 4711');
    await choose('Resume');
    await eventually(async () => !(await isPaused()) || undefined);
    await admin.goTo('/audit');
    expect(await admin.page.getByText('ticket 4711').count()).toBeGreaterThanOrEqual(2);
  }, 60_000);

  test('everything is reached with the keyboard alone', async () => {
    const { page, faults } = await visit();
    await page.goto('/');
    await reach(page, 'name');
    await page.keyboard.type(site.viewer.name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(site.viewer.password);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Queues', exact: true }).waitFor();

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.waitForURL(({ hash }) => hash !== '');
    await reach(page, 'Queues');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/queues/');
    await page.locator('#root main').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await reach(page, 'Overview');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor({ state: 'attached' });
    expect(faults).toEqual([]);
  }, 60_000);

  test("from a job in Bull Board it is one step to its request's page, and from a batch two", async () => {
    const request = await site.deleteSessions(70);
    expect(await site.ended(request)).toBe('completed');
    await site.told(request);
    const batch = await site.batchOf(request);
    const { page, faults, ...rest } = await signedIn('viewer');
    await rest.goTo(`/queues/queue/deletion.requests/${request}`);
    await page.getByText('Delete 70 sessions of default').first().waitFor();
    expect(await page.getByRole('link', { name: 'What became of it' }).getAttribute('href')).toContain(request);

    await rest.goTo(`/queues/queue/deletion.batches/${batch}`);
    await page
      .getByText(/^Batch of \d+ of default, done \(job \S+\)$/)
      .first()
      .waitFor();
    const href = await page.getByRole('link', { name: 'Its requests' }).getAttribute('href');
    await rest.goTo(href ?? '');
    await page.getByRole('link', { name: request }).click();
    await page.waitForURL(`**/requests?id=${request}`);
    expect(faults).toEqual([]);
  }, 60_000);

  async function signedIn(role: 'admin' | 'viewer') {
    const started = await visit();
    await started.signIn(site[role]);
    const { page, faults } = started;
    return { page, faults, goTo: (path: string) => started.goTo(path) };
  }

  /** A request that has failed for good. */
  async function failedRequest(): Promise<string> {
    const bad = await site.refuseSessions();
    const request = await site.deleteSessions(5, {}, 2);
    expect(await site.ended(request)).toBe('failed');
    await bad.remove();
    return request;
  }
});

/** Presses Tab until the part of this name has the focus. */
async function reach(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < mostKeys; pressed += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`'${name}' is not reached with ${mostKeys} times Tab`);
}

/** What has the focus: its text, or its name where it is a field. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    if (element instanceof HTMLInputElement) return element.name;
    return element instanceof HTMLElement ? element.textContent.trim() : '';
  });
}
