import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import type { Form } from './form.ts';
import { Refusal, refusals } from './refusal.ts';
import { sameSignature, signatureOf } from './signature.ts';

/** What checking a signature needs of a consumer. */
export interface Credentials {
  readonly secret: string;
  readonly domains: readonly string[];
}

const securitySchema = z.object({
  consumer_key: z.string().min(1),
  domain: z.string().min(1),
  timestamp: z.string().min(1),
  signature: z.string().min(1),
  expires: z.string().min(1).optional(),
  user_id: z.string().min(1).optional(),
});
export type Security = z.output<typeof securitySchema>;

const minuteMs = 60_000;
/** How far a timestamp may be from the server's minute, either way. */
const clockToleranceMs = 5 * minuteMs;

/** Reads the `security` field of the form. */
export function readSecurity(text: string): Security {
  const parsed = securitySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'security').join(', ');
  throw new Refusal(refusals.noSecurity, `Security is missing or malformed: ${fields}`);
}

/** Checks domain, timestamp, expiry and signature of a known consumer. */
export function checkSecurity(security: Security, form: Form, consumer: Credentials, now: number): void {
  if (!consumer.domains.includes(security.domain)) {
    throw new Refusal(refusals.wrongDomain, `Domain not allowed: ${security.domain}`);
  }
  const signedAt = utcMinute(security.timestamp);
  // A timestamp has whole minutes: it is compared with the server's minute, not its second.
  const minute = Math.floor(now / minuteMs) * minuteMs;
  if (signedAt === undefined || Math.abs(minute - signedAt) > clockToleranceMs) {
    throw new Refusal(refusals.wrongTimestamp, 'Timestamp out of range');
  }
  if (security.expires !== undefined) {
    const expiresAt = utcMinute(security.expires);
    if (expiresAt === undefined || expiresAt <= now) throw new Refusal(refusals.expired, 'Signature has expired');
  }
  const expected = signatureOf(security, consumer.secret, form.request, form.action);
  if (!sameSignature(expected, security.signature)) {
    throw new Refusal(refusals.wrongSignature, 'Invalid signature');
  }
}

/** `YYYYMMDD-HHmm`, UTC, as epoch milliseconds; undefined for anything else, days that do not exist included. */
function utcMinute(text: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:00.000Z`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || new Date(time).toISOString() !== iso ? undefined : time;
}
