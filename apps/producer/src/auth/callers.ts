import type { Logger } from 'pino';
import { type AuthSettings, asksForToken } from './auth-settings.ts';
import { type FindCaller, firstToKnow } from './find-caller.ts';
import { keyFinder } from './find-key.ts';
import { oidcFinder } from './find-oidc-caller.ts';
import { KeyFile } from './key-file.ts';
import { unlimitedKey } from './known-key.ts';

/** Everybody whom the settings know; `find` is absent when they ask for no token. */
export interface Callers {
  find?: FindCaller;
  /** Looks after the file of keys from now on. */
  start(): void;
  stop(): void;
}

export function callersOf(settings: AuthSettings, log: Logger): Callers {
  const unlimited = settings.PRODUCER_API_KEYS.map(unlimitedKey);
  const file = settings.PRODUCER_API_KEYS_FILE;
  const keyFile = file && new KeyFile({ file, others: unlimited, log });
  const ways = [keyFinder(() => [...unlimited, ...(keyFile?.keys ?? [])]), ...oidcOf(settings)];
  return {
    ...(asksForToken(settings) ? { find: firstToKnow(ways) } : {}),
    start: () => {
      if (settings.PRODUCER_API_KEYS.some(({ isPlain }) => isPlain)) {
        log.warn('PRODUCER_API_KEYS holds tokens that may do everything: a file with hashes and scopes is better');
      }
      keyFile?.start();
    },
    stop: () => keyFile?.stop(),
  };
}

function oidcOf(settings: AuthSettings): FindCaller[] {
  const { PRODUCER_OIDC_ISSUER: issuer, PRODUCER_OIDC_AUDIENCE: audience } = settings;
  if (issuer === undefined || audience === undefined) return [];
  const { PRODUCER_OIDC_JWKS_URL: jwksUrl, PRODUCER_OIDC_SCOPE_CLAIM: scope } = settings;
  const { PRODUCER_OIDC_CONSUMERS_CLAIM: consumers, PRODUCER_OIDC_NAME_CLAIM: name } = settings;
  return [
    oidcFinder({
      issuer,
      audience,
      scope,
      ...(jwksUrl === undefined ? {} : { jwksUrl }),
      ...(consumers === undefined ? {} : { consumers }),
      ...(name === undefined ? {} : { name }),
    }),
  ];
}
