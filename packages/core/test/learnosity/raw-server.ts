import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A server that speaks raw bytes; each connection is handed to the test. */
export async function rawServer(
  onConnection: (socket: Socket) => void,
): Promise<{ url: URL; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: new URL(`http://127.0.0.1:${address.port}/`),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
