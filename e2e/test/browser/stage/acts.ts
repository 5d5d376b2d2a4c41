import type { Page } from 'playwright-core';

/** Puts the failed items of the request that is shown back in line; says why, where that is asked for. */
export async function retryFailed(page: Page, reason: string): Promise<void> {
  const button = page.getByRole('button', { name: /^retry/i });
  const why = page.getByRole('textbox', { name: /reason|why/i });
  if (await why.isVisible()) await why.fill(reason);
  await button.first().click();
}
