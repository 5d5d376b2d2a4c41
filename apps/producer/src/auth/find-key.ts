import { type ApiKey, secretsEqual } from '@session-queue/core';
import type { FindKey } from './require-token.ts';

/** Looks at every key, whichever one matches: the time tells nothing of the tokens. */
export function keyFinder(keys: readonly ApiKey[]): FindKey {
  return (token) => {
    let found: string | undefined;
    for (const key of keys) {
      if (secretsEqual(key.token, token)) found = key.name;
    }
    return found;
  };
}
