import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import type { Browser } from 'playwright-core';
import { seriousFindings } from './stage/axe.ts';
import { describeInBrowser, launchBrowser } from './stage/chromium.ts';
import { fillDeadlines, fillSite, type Showcase, shownRule } from './stage/showcase.ts';
import { Site } from './stage/site.ts';
import { type Look, Visit } from './stage/visit.ts';

leakGuard();

const images = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** `npm run screenshots` has them made anew. */
const updates = process.env.UPDATE_SCREENSHOTS === '1';

describeInBrowser('The pages, in a browser', () => {
  let site: Site;
  let browser: Browser;
  let there: Showcase;

  beforeAll(async () => {
    [site, browser] = await Promise.all([Site.start('every page'), launchBrowser()]);
    there = await fillSite(site);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  }, 30_000);

  /** Our own pages, and those of Bull Board, by what they are called here. */
  const own = {
    audit: () => '/audit',
    'an action': () => '/actions/stop-kind?kind=deletion',
    overview: () => '/',
    'a request under way': () => `/requests?id=${there.underWay}`,
    'a failed request': () => `/requests?id=${there.failed}`,
    'a completed request': () => `/requests?id=${there.completed}`,
    'a batch': () => `/batches?consumer=default&id=${there.batch}`,
    selections: () => '/selections',
    'a selection': () => `/selection?id=${there.selection}`,
    'making a selection': () => '/actions/select',
    'deleting a selection': () => `/actions/delete-selection?id=${there.selection}`,
    rules: () => '/rules',
    'a rule': () => `/rules/${shownRule}`,
    'legal holds': () => '/legal-holds',
    'a legal hold on sessions': () => `/legal-hold?id=${there.holds.sessions}`,
    'a legal hold on a learner': () => `/legal-hold?id=${there.holds.learner}`,
    'placing a legal hold': () => '/actions/place-hold',
    'lifting a legal hold': () => `/actions/lift-hold?id=${there.holds.learner}`,
    approvals: () => '/approvals',
    'hold windows': () => '/approvals?for=hold-window',
    'missed deadlines': () => '/deadlines?deadline=missed',
    'deadlines at risk': () => '/deadlines?deadline=at-risk',
    'nothing there': () => '/nothing',
  };
  const board = {
    queues: () => '/queues/',
    'a queue': () => '/queues/queue/deletion.requests?status=latest',
    'a job': () => `/queues/queue/deletion.requests/${there.failed}`,
    "a batch's job": () => `/queues/queue/deletion.batches/${there.batch}`,
    callbacks: () => '/queues/queue/request.callbacks?status=completed',
  };
  const pages = { ...own, ...board };

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [1_280, 400].map((width) => ({ colorScheme, width })),
  );

  const pictures = { overview: pages.overview, request: pages['a request under way'], queues: pages['a queue'] };

  test.each(looks.filter(({ width }) => width > 400))(
    'look well enough for the README: $colorScheme',
    async (look) => {
      await mkdir(images, { recursive: true });
      await asAdmin({ ...look, height: 860 }, async (visit) => {
        for (const [name, path] of Object.entries(pictures)) {
          await visit.goTo(path());
          if (updates && name === 'overview') await untilItHasMuchToTell(visit);
          const file = updates ? { path: `${images}/${name}-${look.colorScheme}.png` } : {};
          const picture = await visit.page.screenshot({ animations: 'disabled', ...file });
          // README shows them: they are to stay small.
          expect(picture.length).toBeLessThan(200_000);
        }
      });
    },
    180_000,
  );

  /** A speed is known after some 20 s, and the charts begin with the first whole minute. */
  async function untilItHasMuchToTell({ page }: Visit): Promise<void> {
    await eventually(
      async () => {
        await page.reload();
        const told = [page.getByText(/done by/), page.getByText('Items done a minute')];
        return (await Promise.all(told.map((one) => one.count()))).every((count) => count > 0) || undefined;
      },
      { timeoutMs: 150_000, intervalMs: 2_000 },
    );
  }

  /** What a walk over every page has met, by the page. */
  interface Walk {
    faults: string[];
    findings: [page: string, findings: string[]][];
    /** By how many pixels a page is too wide. */
    tooWide: [page: string, pixels: number][];
    /** Tables that scroll sideways, by the page. */
    cut: [page: string, tables: string[]][];
  }

  const walks = new Map<string, Promise<Walk>>();

  /** Walks once for each look. */
  async function walk(look: Look): Promise<Walk> {
    const key = JSON.stringify(look);
    const walked = walks.get(key) ?? walkAll(look);
    walks.set(key, walked);
    return await walked;
  }

  /** After the pictures: they show a day on which all is well. */
  let late: Promise<void> | undefined;

  async function walkAll(look: Look): Promise<Walk> {
    late ??= fillDeadlines(site);
    await late;
    const met: Walk = { faults: [], findings: [], tooWide: [], cut: [] };
    await asNobody(look, async (visit) => {
      const note = async (name: string) => {
        met.findings.push([name, await seriousFindings(visit.page)]);
        met.tooWide.push([name, await visit.tooWide()]);
        met.cut.push([name, await visit.cutTables()]);
      };
      await visit.page.goto('/');
      await note('sign-in');
      await visit.signIn(site.admin);
      for (const [name, path] of Object.entries(pages)) {
        await visit.goTo(path());
        await note(name);
      }
      met.faults.push(...visit.faults);
    });
    return met;
  }

  describe.each(looks)('$colorScheme, $width px wide', (look) => {
    test('load nothing from elsewhere, and complain of nothing', async () => {
      const { faults } = await walk(look);
      // The page that is not there says so.
      expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    }, 180_000);

    test('keep nobody from using them, by what axe finds', async () => {
      const { findings } = await walk(look);
      expect(findings.length).toBeGreaterThan(10);
      expect(findings.filter(([, found]) => found.length > 0)).toEqual([]);
    }, 180_000);

    test('need no scrolling sideways', async () => {
      const { tooWide, cut } = await walk(look);
      expect(tooWide.filter(([, pixels]) => pixels > 0)).toEqual([]);
      expect(cut.filter(([, tables]) => tables.length > 0)).toEqual([]);
    }, 180_000);
  });

  test.each([900, 1_087, 1_090, 1_200, 1_400])(
    'show all of a lane that waits for another day: %d px wide',
    async (width) => {
      await asAdmin({ width }, async (visit) => {
        await visit.goTo('/');
        // Within one step, so that no event of the page puts back what it says.
        const found = await visit.page.evaluate(() => {
          const region = document.querySelector('.scroll:has(.lanes)');
          const state = region?.querySelector('.lanes td:nth-child(2)');
          if (!region || !state) return undefined;
          state.innerHTML =
            '<span class="pill warn">waits until <span class="moment">2027-12-31 00:00 UTC</span></span>';
          const cells = [...region.querySelectorAll('td, th, .pill, .moment')];
          return {
            beside: region.scrollWidth - region.clientWidth,
            cut: cells.filter(
              (cell) => cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).display !== 'inline',
            ).length,
          };
        });
        expect(found).toEqual({ beside: 0, cut: 0 });
      });
    },
  );

  test.each(['overview', 'queues'] as const)('are light by day and dark by night: %s', async (name) => {
    const seen = { light: 0, dark: 1 };
    for (const colorScheme of ['light', 'dark'] as const) {
      await asAdmin({ colorScheme }, async (visit) => {
        await visit.goTo(pages[name]());
        seen[colorScheme] = await visit.brightness();
      });
    }
    expect(seen.light).toBeGreaterThan(0.8);
    expect(seen.dark).toBeLessThan(0.2);
  });

  async function asNobody(look: Look, act: (visit: Visit) => Promise<void>) {
    const visit = await Visit.start(browser, site, look);
    try {
      await act(visit);
    } finally {
      await visit.end();
    }
  }

  async function asAdmin(look: Look, act: (visit: Visit) => Promise<void>) {
    await asNobody(look, async (visit) => {
      await visit.signIn(site.admin);
      await act(visit);
    });
  }
});
