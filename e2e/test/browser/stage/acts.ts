import type { Page } from 'playwright-core';

/** Puts the failed items of the request that is shown back in line, and says why. */
export async function retryFailed(page: Page, reason: string): Promise<void> {
  await page.getByRole('link', { name: /^retry/i }).click();
  await page.getByRole('textbox', { name: 'Why?' }).fill(reason);
  await page.getByRole('button', { name: 'Send the failed items again' }).click();
}
