import { z } from 'zod';
import { isLoopback } from '../http/loopback.ts';

const claim = z.string().regex(/^[\x21-\x7e]{1,100}$/, 'must be the name of a claim');
const values = z.string().transform((text) =>
  text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== ''),
);

const issuerUrl = z
  .string()
  .refine(
    isTrustworthy,
    'must be an https URL (http to this machine only) without a user, a password, a query or a fragment',
  );

const ownUrl = z
  .string()
  .refine(
    (text) => isTrustworthy(text) && new URL(text).pathname === '/',
    'must be where browsers find the dashboard, such as https://queue.example.com: https (http to this machine only), without a path',
  )
  .transform((text) => new URL(text).origin);

/** The settings of signing in at an OpenID Connect issuer. */
export const oidcSettings = {
  /** Where browsers find the dashboard; the issuer sends them back to `/sign-in/issuer/answer` there. */
  DASHBOARD_URL: ownUrl.optional(),
  DASHBOARD_OIDC_ISSUER: issuerUrl.optional(),
  DASHBOARD_OIDC_CLIENT_ID: z.string().min(1).max(500).optional(),
  DASHBOARD_OIDC_CLIENT_SECRET: z.string().optional(),
  DASHBOARD_OIDC_SCOPE: z
    .string()
    .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, 'must be scopes with one space in between')
    .refine((text) => text.split(' ').includes('openid'), 'must hold openid')
    .default('openid profile'),
  DASHBOARD_OIDC_ROLE_CLAIM: claim.default('roles'),
  DASHBOARD_OIDC_NAME_CLAIM: claim.default('preferred_username'),
  DASHBOARD_OIDC_VIEWER: values.default([]),
  DASHBOARD_OIDC_OPERATOR: values.default([]),
  DASHBOARD_OIDC_ADMIN: values.default([]),
};

const oidcSchema = z.object(oidcSettings);
export type OidcSettings = z.infer<typeof oidcSchema>;

/** What is wrong with these settings together, by the variable that is to blame. They may be incomplete: others are wrong, too. */
export function oidcFaults(settings: Partial<OidcSettings>): { name: keyof OidcSettings; fault: string }[] {
  const { DASHBOARD_OIDC_ISSUER: issuer, DASHBOARD_OIDC_CLIENT_ID: client, DASHBOARD_URL: url } = settings;
  const mapped = (['VIEWER', 'OPERATOR', 'ADMIN'] as const).flatMap((role) => settings[`DASHBOARD_OIDC_${role}`] ?? []);
  const needed = { DASHBOARD_OIDC_CLIENT_ID: client, DASHBOARD_URL: url };
  if (issuer === undefined) {
    const isMeant = client !== undefined || settings.DASHBOARD_OIDC_CLIENT_SECRET !== undefined || mapped.length > 0;
    return isMeant ? [{ name: 'DASHBOARD_OIDC_ISSUER', fault: 'is missing' }] : [];
  }
  const faults = Object.entries(needed)
    .filter(([, value]) => value === undefined)
    .map(([name]) => ({ name: name as keyof typeof needed, fault: 'is missing' }));
  const nobody =
    mapped.length > 0
      ? []
      : [
          {
            name: 'DASHBOARD_OIDC_ADMIN' as const,
            fault: 'is missing, as are _OPERATOR and _VIEWER: nobody would have a role',
          },
        ];
  return [...faults, ...nobody];
}

/** Whether tokens and cookies may go there: whoever can read on the way can be anybody. */
function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash, search } = new URL(text);
  if (`${username}${password}${hash}${search}` !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
