import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import type { World } from '../world/world.ts';
import type { Bomb } from './bombs.ts';

const patienceMs = 90_000;

/** Sends a bomb; says what it was answered with. A 503 that the producer is busy is an answer to a flood too. */
export async function throwBomb({ producerUrl, token }: World, { headers, body }: Bomb): Promise<number | string> {
  const sending = request(`${producerUrl}/v1/deletions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(patienceMs),
  });
  const answer = once(sending, 'response').then(
    ([response]) => {
      response.resume();
      return Number(response.statusCode);
    },
    (error: unknown) => (error instanceof Error ? error.message : 'no answer'),
  );
  const content = body();
  if (content instanceof Readable) content.pipe(sending);
  else sending.end(content);
  const status = await answer;
  sending.destroy();
  return status;
}
