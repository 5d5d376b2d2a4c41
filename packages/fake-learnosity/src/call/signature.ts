import { createHmac, timingSafeEqual } from 'node:crypto';

/** The fields of `security` that are signed. */
export interface SignedFields {
  consumer_key: string;
  domain: string;
  timestamp: string;
  expires?: string | undefined;
  user_id?: string | undefined;
}

/**
 * The `$02$` signature: HMAC-SHA256 keyed by the secret over key, domain, timestamp, expires and user id where given, the
 * exact request text and the action, joined by underscores.
 */
export function signatureOf(fields: SignedFields, secret: string, request: string, action: string): string {
  const signed = [
    fields.consumer_key,
    fields.domain,
    fields.timestamp,
    fields.expires,
    fields.user_id,
    request,
    action,
  ];
  const text = signed.filter((part) => part !== undefined).join('_');
  return `$02$${createHmac('sha256', secret).update(text).digest('hex')}`;
}

/** Compares in constant time. */
export function sameSignature(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}
