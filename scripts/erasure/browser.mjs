import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ensureChromium, presentOnly } from '../setup/chromium.mjs';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/**
 * Opens a page in a browser, where there is one, and keeps what it shows beside it.
 * @param {string} page its file
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>} the picture
 */
export async function pictureOf(page, environment) {
  const { CHROMIUM_PATH: browser } = await ensureChromium(environment, presentOnly);
  if (browser === undefined) return undefined;
  const picture = page.replace(/\.html$/, '.png');
  const given = [...flags, '--window-size=900,1700', `--screenshot=${picture}`, pathToFileURL(page).href];
  await promisify(execFile)(browser, given, { timeout: 60_000 });
  return picture;
}
