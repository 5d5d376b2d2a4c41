import { personSchema } from '@session-queue/core';
import { z } from 'zod';
import { type Caller, type Scope, scopes } from './caller.ts';

/** Which claims of a token say what. */
export interface ClaimNames {
  scope: string;
  /** Which says the consumers; every token is for all of them when absent. */
  consumers?: string;
  /** Which says the name; the first of `client_id`, `azp` and `sub` when absent. */
  name?: string;
}

/** Words parted by spaces, as RFC 8693 has scopes, or a list of words. */
const wordsSchema = z.union([
  z.string().transform((text) => text.split(' ').filter((word) => word !== '')),
  z.array(z.string()),
]);

/** The caller that a token's claims tell of; `undefined` when they do not say who it is. */
export function callerOfClaims(claims: Readonly<Record<string, unknown>>, names: ClaimNames): Caller | undefined {
  const candidates = names.name === undefined ? ['client_id', 'azp', 'sub'] : [names.name];
  const name = candidates.map((claim) => personSchema.safeParse(claims[claim]).data).find((text) => text !== undefined);
  if (name === undefined) return undefined;
  const said = new Set(wordsIn(claims, names.scope));
  return {
    // No API key's name holds a space.
    id: `oidc ${name}`,
    name,
    scopes: new Set(scopes.filter((scope: Scope) => said.has(scope))),
    // A token without the claim is for no consumer, rather than for all of them.
    ...(names.consumers === undefined ? {} : { consumers: wordsIn(claims, names.consumers) }),
  };
}

function wordsIn(claims: Readonly<Record<string, unknown>>, name: string): string[] {
  return wordsSchema.safeParse(claims[name]).data ?? [];
}
