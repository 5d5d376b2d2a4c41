import { accessSync, constants } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package puts it. */
const usualPath = '/usr/bin/chromium';

/** Nothing of the browser's own may go out, and it runs as root in containers. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The browser to test with: CHROMIUM_PATH, else Debian's; `undefined` where there is none. */
function chromiumPath(): string | undefined {
  const named = process.env.CHROMIUM_PATH ?? '';
  // One that is named and cannot be run is a fault, and its launch says so.
  if (named !== '') return named;
  try {
    accessSync(usualPath, constants.X_OK);
    return usualPath;
  } catch {
    return undefined;
  }
}

/** Tests that need a real browser; skipped where there is none, which `npm test` says with how to get one. */
export const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

/** A browser with a profile of its own, gone with it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('there is no Chromium here: set CHROMIUM_PATH');
  return await chromium.launch({ executablePath, args: flags });
}
