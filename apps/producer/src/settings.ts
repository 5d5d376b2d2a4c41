import { BlockList, isIP } from 'node:net';
import { commonSettings, flag, port, wholeNumber } from '@session-queue/core';
import { tracingSettings } from '@session-queue/tracing';
import { z } from 'zod';
import { asksForToken, authFaults, authSettings } from './auth/auth-settings.ts';
import { networksSetting } from './callbacks/networks.ts';
import { secretsSetting } from './callbacks/signature.ts';

/** Enough for 1,000,000 UUIDs. */
export const defaultMaxBodyBytes = 48 * 1024 * 1024;

/** Of a body whose items are no UUIDs, all of them are held until they lie in Redis; and of such bodies, four. */
const maxMaxBodyBytes = 256 * 1024 * 1024;

/** Settings that decide who can reach the producer. */
const exposure: ReadonlySet<unknown> = new Set([
  'PRODUCER_HOST',
  'PRODUCER_API_KEYS',
  'PRODUCER_API_KEYS_FILE',
  'PRODUCER_OIDC_ISSUER',
]);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** What the producer reads from the environment. */
export const producerSettings = z
  .object({
    ...commonSettings,
    ...tracingSettings,
    PRODUCER_PORT: port().default(3010),
    /** Nothing is told when absent. */
    METRICS_PORT: port().optional(),
    PRODUCER_HOST: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be a host name or an address')
      .optional(),
    ...authSettings,
    SESSION_INDEX: flag(),
    PRODUCER_MAX_BODY_BYTES: wholeNumber(1024, maxMaxBodyBytes).default(defaultMaxBodyBytes),
    WEBHOOK_SECRET: secretsSetting,
    WEBHOOK_ALLOWED_NETWORKS: networksSetting,
  })
  .refine((settings) => asksForToken(settings) || mayListenWithout(settings.PRODUCER_HOST), {
    path: ['PRODUCER_HOST'],
    error:
      'must be 127.0.0.1 while none of PRODUCER_API_KEYS, PRODUCER_API_KEYS_FILE and PRODUCER_OIDC_ISSUER is set: without tokens anybody could delete sessions',
    // Also when other settings are wrong: all are named at once.
    when: ({ issues }) => !issues.some(({ path }) => exposure.has(path?.[0])),
  })
  .superRefine(
    (settings, context) => {
      for (const { name, fault } of authFaults(settings)) {
        context.addIssue({ code: 'custom', path: [name], message: fault });
      }
    },
    { when: () => true },
  );

export type ProducerSettings = z.infer<typeof producerSettings>;

/** Where to listen: every address when a token is asked for, else loopback only. `undefined` means all. */
export function listenHost(settings: ProducerSettings): string | undefined {
  return settings.PRODUCER_HOST ?? (asksForToken(settings) ? undefined : '127.0.0.1');
}

function mayListenWithout(host: string | undefined): boolean {
  return host === undefined || isLoopback(host);
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
