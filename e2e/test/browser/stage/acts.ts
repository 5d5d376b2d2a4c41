import type { Page } from 'playwright-core';

/** Puts the failed items of the request that is shown back in line, and says why when asked. */
export async function retryFailed(page: Page, reason: string): Promise<void> {
  await askToRetry(page);
  await page.getByRole('textbox', { name: /why/i }).fill(reason);
  await page.locator('form.ask').getByRole('button').click();
}

/** Goes to where a retry of the request that is shown asks for its reason. */
export async function askToRetry(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /^retry/i })
    .first()
    .click();
  await page.getByRole('textbox', { name: /why/i }).waitFor();
}
