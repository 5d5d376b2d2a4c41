import { createHash } from 'node:crypto';

/**
 * The key that a command sends when none is given: made from what it asks, so that the same command twice within
 * 24 hours, for whatever reason, is one request.
 */
export function keyOf(path: string, body: object): string {
  return `cli-${createHash('sha256').update(path).update('\n').update(JSON.stringify(body)).digest('hex')}`;
}
