import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The wanted port if nobody listens on it, else a free one. Somebody may still take it before it is used.
 * @param {number} wanted
 * @returns {Promise<number>}
 */
export async function portNear(wanted) {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

/** @param {number} port */
async function tryPort(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : undefined;
}
