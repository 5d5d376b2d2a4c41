import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service on loopback that is told of the ends of its requests. */
export interface Receiver {
  url: string;
  /** Ids of the requests that it was told of. */
  told: string[];
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const told: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      told.push((JSON.parse(body) as { data: { id: string } }).data.id);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ended`,
    told,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
