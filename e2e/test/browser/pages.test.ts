import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Browser } from 'playwright-core';
import { seriousFindings } from './stage/axe.ts';
import { describeInBrowser, launchBrowser } from './stage/chromium.ts';
import { fillSite, type Showcase } from './stage/showcase.ts';
import { Site } from './stage/site.ts';
import { Visit } from './stage/visit.ts';

leakGuard();

const images = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** `npm run screenshots` has them made anew. */
const updates = process.env.UPDATE_SCREENSHOTS === '1';

describeInBrowser('Every page, in a browser', () => {
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
    overview: () => '/',
    'a request under way': () => `/requests?id=${there.underWay}`,
    'a failed request': () => `/requests?id=${there.failed}`,
    'a completed request': () => `/requests?id=${there.completed}`,
    'a batch': () => `/batches?consumer=default&id=${there.batch}`,
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

  test.each(looks)('loads nothing from elsewhere and complains of nothing: $colorScheme, $width px', async (look) => {
    await asAdmin(look, async (visit) => {
      for (const path of Object.values(pages)) await visit.goTo(path());
      // The page that is not there says so.
      expect(visit.faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    });
  });

  test.each(looks)(
    'keeps nobody from using it, by what axe finds: $colorScheme, $width px',
    async (look) => {
      const found: Record<string, string[]> = {};
      await asNobody(look, async ({ page }) => {
        await page.goto('/');
        found['sign-in'] = await seriousFindings(page);
      });
      await asAdmin(look, async (visit) => {
        for (const [name, path] of Object.entries(pages)) {
          await visit.goTo(path());
          found[name] = await seriousFindings(visit.page);
        }
      });
      expect(Object.entries(found).filter(([, findings]) => findings.length > 0)).toEqual([]);
    },
    60_000,
  );

  test('is never wider than a telephone of 400 px', async () => {
    const wide: Record<string, number> = {};
    await asNobody({ width: 400 }, async (visit) => {
      await visit.page.goto('/');
      wide['sign-in'] = await visit.tooWide();
    });
    await asAdmin({ width: 400 }, async (visit) => {
      for (const [name, path] of Object.entries(pages)) {
        await visit.goTo(path());
        wide[name] = await visit.tooWide();
      }
    });
    expect(Object.entries(wide).filter(([, pixels]) => pixels > 0)).toEqual([]);
  });

  test.each(['overview', 'queues'] as const)('is light by day and dark by night: %s', async (name) => {
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

  const pictures = { overview: pages.overview, request: pages['a request under way'], queues: pages.queues };

  test.each(looks.filter(({ width }) => width > 400))('is shown as it is: $colorScheme', async (look) => {
    await mkdir(images, { recursive: true });
    await asAdmin({ ...look, height: 860 }, async (visit) => {
      for (const [name, path] of Object.entries(pictures)) {
        await visit.goTo(path());
        const file = updates ? { path: `${images}/${name}-${look.colorScheme}.png` } : {};
        const picture = await visit.page.screenshot({ animations: 'disabled', ...file });
        // README shows them: they are to stay small.
        expect(picture.length).toBeLessThan(200_000);
      }
    });
  });

  async function asNobody(look: Parameters<typeof Visit.start>[2], act: (visit: Visit) => Promise<void>) {
    const visit = await Visit.start(browser, site, look);
    try {
      await act(visit);
    } finally {
      await visit.end();
    }
  }

  async function asAdmin(look: Parameters<typeof Visit.start>[2], act: (visit: Visit) => Promise<void>) {
    await asNobody(look, async (visit) => {
      await visit.signIn(site.admin);
      await act(visit);
    });
  }
});
