// Is told of the end of requests, and believes nobody who cannot sign for it. Nothing but Node is needed.
//
//   WEBHOOK_SECRET  that of the producer: whsec_ and base64
//   PORT            where it listens, on loopback (3050)
//
//   node examples/receive-callback.mjs
//
// Ask with "callbackUrl": "http://127.0.0.1:3050/". The producer needs WEBHOOK_ALLOWED_NETWORKS=127.0.0.0/8 to call this machine.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = Buffer.from((process.env.WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
if (secret.length < 24) throw new Error('set WEBHOOK_SECRET to that of the producer');
const toleranceSeconds = 300;
const mostBytes = 64 * 1024;
/** Ids of what was told already: after a cut a callback comes again. A service keeps them where it keeps what it does. */
const known = new Set();

/**
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {string} body
 */
function isSigned(headers, body) {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    String(headers[`webhook-${name}`]),
  );
  // What was overheard cannot be sent again later.
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= toleranceSeconds)) return false;
  const wanted = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();
  // One for each secret of the producer, while it changes them.
  return String(signatures)
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function receive(request, response) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > mostBytes) break;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  if (size > mostBytes || !isSigned(request.headers, body)) {
    response.writeHead(401).end();
    return;
  }
  const id = request.headers['webhook-id'];
  if (!known.has(id)) {
    known.add(id);
    const { type, data } = JSON.parse(body);
    console.log(`${type} ${data.id}: ${data.counts.succeeded} of ${data.counts.total} succeeded`);
  }
  // Any 2xx says that it is told; anything else, or none within 15 s, and it comes again.
  response.writeHead(204).end();
}

const server = createServer((request, response) => {
  receive(request, response).catch(() => response.destroy());
});
server.listen(Number(process.env.PORT ?? 3050), '127.0.0.1', () => {
  console.log('waiting for callbacks');
});
