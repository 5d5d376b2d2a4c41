// Asks the producer over HTTP to delete sessions, and follows the request to its end. Nothing but Node is needed.
//
//   SESSION_QUEUE_URL    the producer (http://127.0.0.1:3010)
//   SESSION_QUEUE_TOKEN  a token of its PRODUCER_API_KEYS; the demo prints one
//
//   node examples/enqueue-http.mjs [session id ...]
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const url = process.env.SESSION_QUEUE_URL ?? 'http://127.0.0.1:3010';
const token = process.env.SESSION_QUEUE_TOKEN;
const given = process.argv.slice(2);
const sessionIds = given.length > 0 ? given : ['example-http-1', 'example-http-2'];

const headers = {
  'content-type': 'application/json',
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
};

/**
 * @param {string} path
 * @param {{ method?: string, headers?: Record<string, string>, body?: string }} [init]
 * @returns {Promise<{ id: string, state: string, counts: Record<string, number> }>}
 */
async function call(path, init = {}) {
  const response = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  const text = await response.text();
  // Errors are problem documents (RFC 9457) that name the field and the reason.
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

const accepted = await call('/v1/deletions', {
  method: 'POST',
  // Keep the key and send it again when an answer is lost or is a 503: the same key never makes a second request.
  headers: { 'idempotency-key': randomUUID() },
  body: JSON.stringify({ sessionIds, reason: 'an example', requestedBy: 'enqueue-http' }),
});
console.log(`accepted as request ${accepted.id}`);

for (;;) {
  const { state, counts } = await call(`/v1/requests/${accepted.id}`);
  console.log(`${state}: ${counts.succeeded} of ${counts.total} succeeded, ${counts.absent} of them were already gone`);
  if (['completed', 'failed', 'cancelled'].includes(state)) break;
  await pause(1_000);
}
