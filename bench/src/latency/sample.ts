import { type Lab, pause } from '../lab/lab.ts';
import { randomIds } from '../taking-in/random-ids.ts';
import type { Sample } from './report.ts';

export type Way = 'http' | 'library';

/** When to look into the books: early looks would be a load of their own. */
const firstLookMs = 60;
const lookAgainMs = 15;
const patienceMs = 20_000;
const spreadMs = 20;

/** The stand-in's clock, which is this machine's. */
const now = (): number => performance.timeOrigin + performance.now();

/** Asks for one deletion, and reads from the books when its call arrived. */
export async function sampleArrival(
  lab: Lab,
  { way, consumer, producer }: { way: Way; consumer: string; producer: string },
): Promise<Sample> {
  // Requests do not come in step with anybody's timers.
  await pause(Math.random() * spreadMs);
  const before = await callsOf(lab, consumer);
  const sessionIds = [...randomIds(1)];
  const askedAt = now();
  const answer = await (way === 'library'
    ? lab.client.deleteSessions({ consumer, sessionIds })
    : post(producer, { consumer, sessionIds }));
  const acceptedAt = now();
  // A service goes on at the 202; the connection is free again once the rest is read.
  if (answer instanceof Response) await answer.arrayBuffer();
  await pause(firstLookMs);
  for (const until = now() + patienceMs; now() < until; ) {
    const calls = await callsOf(lab, consumer);
    if (calls.counted > before.counted) {
      return { fromAsked: calls.lastArrival - askedAt, fromAccepted: calls.lastArrival - acceptedAt };
    }
    await pause(lookAgainMs);
  }
  throw new Error(`the request of ${consumer} was not sent within ${patienceMs} ms`);
}

async function callsOf(lab: Lab, consumer: string): Promise<{ counted: number; lastArrival: number }> {
  const { counted = 0, lastArrival } = (await lab.books()).consumers[consumer]?.deletion ?? {};
  return { counted, lastArrival: lastArrival ?? 0 };
}

async function post(producer: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${producer}/v1/deletions`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status !== 202) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return response;
}
