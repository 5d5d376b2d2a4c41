import { readFileSync } from 'node:fs';
import { type ApiKey, apiKeysSetting, wholeNumber } from '@session-queue/core';
import { z } from 'zod';
import type { KeyFileContent } from './key-file.ts';
import { clashes, maxRatePerMinute, parseKeyList, unlimitedKey } from './known-key.ts';
import { isIssuerUrl } from './oidc-issuer.ts';

const claim = z.string().regex(/^[\x21-\x7e]{1,100}$/, 'must be the name of a claim');
const issuerUrl = z
  .string()
  .refine(isIssuerUrl, 'must be an https URL (http to this machine only) without a user, a password or a fragment');

/** The settings that say who may call the producer. */
export const authSettings = {
  PRODUCER_API_KEYS: apiKeysSetting,
  /** The file's content, once read. */
  PRODUCER_API_KEYS_FILE: z.string().transform(readKeyFile).optional(),
  PRODUCER_RATE_PER_MINUTE: wholeNumber(0, maxRatePerMinute).default(6_000),
  PRODUCER_OIDC_ISSUER: issuerUrl.optional(),
  PRODUCER_OIDC_AUDIENCE: z.string().optional(),
  PRODUCER_OIDC_JWKS_URL: issuerUrl.optional(),
  PRODUCER_OIDC_SCOPE_CLAIM: claim.default('scope'),
  PRODUCER_OIDC_CONSUMERS_CLAIM: claim.optional(),
  PRODUCER_OIDC_NAME_CLAIM: claim.optional(),
};

const authSchema = z.object(authSettings);
export type AuthSettings = z.infer<typeof authSchema>;

/** What is wrong with the settings together, by the variable that is to blame. They may be incomplete: others are wrong, too. */
export function authFaults(settings: Partial<AuthSettings>): { name: keyof AuthSettings; fault: string }[] {
  const { PRODUCER_OIDC_ISSUER: issuer, PRODUCER_OIDC_AUDIENCE: audience } = settings;
  const faults: { name: keyof AuthSettings; fault: string }[] = [];
  if (issuer !== undefined && audience === undefined)
    faults.push({ name: 'PRODUCER_OIDC_AUDIENCE', fault: 'is missing' });
  const more = audience ?? settings.PRODUCER_OIDC_JWKS_URL;
  if (issuer === undefined && more !== undefined) faults.push({ name: 'PRODUCER_OIDC_ISSUER', fault: 'is missing' });
  const file = settings.PRODUCER_API_KEYS_FILE;
  if (file !== undefined) {
    const others = (settings.PRODUCER_API_KEYS ?? []).map((key: ApiKey) => unlimitedKey(key));
    const found = clashes([...others, ...file.keys]);
    faults.push(
      ...found.map((fault) => ({
        name: 'PRODUCER_API_KEYS_FILE' as const,
        fault: `${fault} (with PRODUCER_API_KEYS)`,
      })),
    );
  }
  return faults;
}

/** Whether a token is asked for. An empty file of keys asks for one, and knows none. */
export function asksForToken(settings: Partial<AuthSettings>): boolean {
  const { PRODUCER_API_KEYS: keys = [], PRODUCER_API_KEYS_FILE: file, PRODUCER_OIDC_ISSUER: issuer } = settings;
  return keys.length > 0 || file !== undefined || issuer !== undefined;
}

function readKeyFile(path: string, context: z.RefinementCtx): KeyFileContent {
  try {
    const text = readFileSync(path, 'utf8');
    const { keys, faults } = parseKeyList(text);
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return { path, text, keys };
  } catch {
    context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
    return { path, text: '', keys: [] };
  }
}
