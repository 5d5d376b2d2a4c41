import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Person, Site } from './site.ts';

/** How somebody looks at a page: 1,280 by 800 pixels, and light, unless told otherwise. */
export interface Look {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
}

/**
 * Somebody at a browser with a profile of its own. Everything that a page should not do is noted: what it asks of
 * another origin, what it complains of, and what its policy had to forbid.
 */
export class Visit {
  readonly page: Page;
  readonly faults: string[] = [];
  readonly #context: BrowserContext;
  readonly #site: Site;

  static async start(browser: Browser, site: Site, look: Look = {}): Promise<Visit> {
    const { width = 1_280, height = 800, colorScheme = 'light' } = look;
    const context = await browser.newContext({
      baseURL: site.url,
      bypassCSP: false,
      viewport: { width, height },
      colorScheme,
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(15_000);
    const visit = new Visit(context, await context.newPage(), site);
    await visit.#watch();
    return visit;
  }

  private constructor(context: BrowserContext, page: Page, site: Site) {
    this.#context = context;
    this.page = page;
    this.#site = site;
  }

  async #watch(): Promise<void> {
    const { page, faults } = this;
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.origin !== this.#site.url) faults.push(`asked ${url.origin}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`said ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`got ${response.status()} for ${new URL(response.url()).pathname}`);
    });
    await page.exposeFunction('noteViolation', (text: string) => faults.push(`violated ${text}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        const { noteViolation } = globalThis as unknown as { noteViolation: (text: string) => void };
        noteViolation(`${violatedDirective} with ${blockedURI}`);
      });
    });
  }

  /** Signs in with the form, and is on the overview then. */
  async signIn({ name, password }: Person): Promise<void> {
    const { page } = this;
    await page.goto('/');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Queues', exact: true }).waitFor();
  }

  /** Goes to a page of ours; of Bull Board it is there when its script has drawn it. */
  async goTo(path: string): Promise<void> {
    const { page } = this;
    await page.goto(path);
    if (path.startsWith('/queues')) await page.locator('#root main :is(h1, a[href*="queue/"])').first().waitFor();
  }

  /** Whether the page scrolls sideways: by so many pixels. */
  async tooWide(): Promise<number> {
    return await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  /** Tables that scroll sideways within the page, by what they are called. */
  async cutTables(): Promise<string[]> {
    return await this.page.evaluate(() =>
      [...document.querySelectorAll('.scroll')]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map((region) => region.getAttribute('aria-label') ?? 'a table'),
    );
  }

  /** How bright the page's ground is: 0 is black, 1 is white. */
  async brightness(): Promise<number> {
    return await this.page.evaluate(() => {
      const grounds = [document.body, document.documentElement].map((one) => getComputedStyle(one).backgroundColor);
      const painted = grounds.find((color) => color !== 'rgba(0, 0, 0, 0)') ?? 'rgb(255, 255, 255)';
      const [red = 0, green = 0, blue = 0] = (painted.match(/\d+/g) ?? []).map(Number);
      return (red + green + blue) / (3 * 255);
    });
  }

  async end(): Promise<void> {
    await this.#context.close();
  }
}
