import type { Lab } from '../lab/lab.ts';
import { pause } from '../lab/lab.ts';
import { sessionIds } from '../lab/session-ids.ts';

/** Requests of one id each, spread evenly over `seconds`, or all at once. */
export interface Arrival {
  consumer: string;
  seconds: number;
  requests: number;
}

export interface Arrived {
  /** When each request was stored, by the clock of Redis, in order. */
  at: number[];
  calls: number;
  refused429: number;
}

const pollEveryMs = 250;

/** Lets the requests arrive, and waits until the stand-in has every item. */
export async function letArrive(lab: Lab, { consumer, seconds, requests }: Arrival, tag: number): Promise<Arrived> {
  const from = performance.now();
  const accepted: Promise<number>[] = [];
  let number = 0;
  for (const id of sessionIds(requests, tag)) {
    const dueMs = from + (number * seconds * 1_000) / requests - performance.now();
    if (dueMs > 1) await pause(dueMs);
    accepted.push(lab.client.deleteSessions({ consumer, sessionIds: [id] }).then((view) => Date.parse(view.createdAt)));
    number += 1;
  }
  const at = (await Promise.all(accepted)).sort((one, other) => one - other);
  const giveUpAt = performance.now() + 60_000 + requests * 25;
  for (;;) {
    const book = (await lab.books()).consumers[consumer]?.deletion;
    if (book !== undefined && book.items >= requests) {
      return { at, calls: book.accepted, refused429: book.refused429 };
    }
    if (performance.now() > giveUpAt)
      throw new Error(`${consumer}: only ${book?.items} of ${requests} items were sent`);
    await pause(pollEveryMs);
  }
}
