import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

// Its source is evaluated: the policy of our pages takes no script that is not ours.
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that keeps people from using a page: `rule: where`, for each place. */
export async function seriousFindings(page: Page, part = 'body'): Promise<string[]> {
  await page.evaluate(source);
  const { violations } = await page.evaluate(async (include) => {
    const { axe: here } = globalThis as unknown as { axe: typeof axe };
    return await here.run({ include: [include] }, { resultTypes: ['violations'] });
  }, part);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
