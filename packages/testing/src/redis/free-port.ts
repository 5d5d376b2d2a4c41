import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that is free now. Somebody else may take it before it is used: whoever binds it must try again. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}
