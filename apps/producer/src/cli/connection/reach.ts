import { shellWord } from '../command-name.ts';
import type { ConnectionOptions } from './session.ts';

/** The options that lead a command to where this one has gone, each behind a space. Nothing secret is repeated: whoever reads them puts it in. */
export function reachOf({ url, token, redis, prefix }: ConnectionOptions): string {
  return [
    url === undefined ? '' : ` --url ${secretless(url)}`,
    token === undefined ? '' : ' --token <token>',
    redis === undefined ? '' : ` --redis ${secretless(redis)}`,
    prefix === undefined ? '' : ` --prefix ${shellWord(prefix)}`,
  ].join('');
}

/** User and password stand before an @, or are options behind a question mark. */
function secretless(url: string): string {
  return /[@?]/.test(url) ? '<url>' : shellWord(url);
}
