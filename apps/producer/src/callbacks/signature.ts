import { createHmac } from 'node:crypto';
import { z } from 'zod';

/** As Standard Webhooks has it: 24 to 64 random bytes in base64 behind a prefix. */
const secretPattern = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const fewestBytes = 24;
const mostBytes = 64;

/** `WEBHOOK_SECRET` as a setting: one secret, or several while they change, separated by spaces; none when not set. */
export const secretsSetting = z
  .string()
  .transform((text, context): Buffer[] => {
    const secrets: Buffer[] = [];
    for (const [index, part] of text.trim().split(/\s+/).entries()) {
      const secret = Buffer.from(secretPattern.exec(part)?.[1] ?? '', 'base64');
      if (secret.length >= fewestBytes && secret.length <= mostBytes) secrets.push(secret);
      else {
        const message = `entry ${index + 1} must be whsec_ and ${fewestBytes} to ${mostBytes} random bytes in base64`;
        context.addIssue({ code: 'custom', message });
      }
    }
    return secrets;
  })
  .default([]);

export interface Signed {
  id: string;
  /** Unix time in seconds: receivers refuse what is old. */
  timestamp: number;
  body: string;
}

/** The headers by which a receiver knows who has sent it (Standard Webhooks): a signature by each secret. */
export function signatureHeaders(secrets: readonly Buffer[], { id, timestamp, body }: Signed): Record<string, string> {
  const sign = (secret: Buffer) => createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  };
}
