import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface RespServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Answers commands as a test says, in the Redis protocol: for servers that cannot be had, such as old ones. */
export async function startRespServer(reply: (command: string) => string): Promise<RespServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let next = takeCommand(received); next !== undefined; next = takeCommand(received)) {
        received = next.rest;
        socket.write(reply(next.command));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    port: address.port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The first whole command (`*2\r\n$4\r\ninfo\r\n...`) as lower-case words, and what follows it. */
function takeCommand(received: string): { command: string; rest: string } | undefined {
  const count = Number(/^\*(\d+)\r\n/.exec(received)?.[1]);
  if (Number.isNaN(count)) return undefined;
  let at = received.indexOf('\r\n') + 2;
  const words: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = Number(/^\$(\d+)\r\n/.exec(received.slice(at))?.[1]);
    const start = received.indexOf('\r\n', at) + 2;
    if (Number.isNaN(length) || received.length < start + length + 2) return undefined;
    words.push(received.slice(start, start + length));
    at = start + length + 2;
  }
  return { command: words.join(' ').toLowerCase(), rest: received.slice(at) };
}
