import type { ConsumerKeys } from '../../../src/lanes/keys.ts';
import { findSession } from '../../../src/sessions/find-session.ts';
import type { SessionOutcome } from '../../../src/sessions/session-request.ts';
import { expectSame, isOpen, placesOf } from './laws.ts';
import type { Places, RequestPlaces } from './places.ts';

/** So many requests ask for the same sessions: fewer than the index keeps of one. */
const sharing = 6;

/** The items of the nth request: some of its own, some that others ask for too; UUIDs and others, short and long. */
export function sessionsOf(nth: number, size: number): string[] {
  const group = Math.floor(nth / sharing);
  return Array.from({ length: size }, (_, i) => {
    const owner = i % 3 === 0 ? `g${group}` : `r${nth}`;
    if (i % 2 === 0) return `${owner} ${i}`;
    if (i % 5 === 0) return `${owner} ${i} ${'long '.repeat(20)}`;
    const number = (i % 3 === 0 ? group : 1_000 + nth).toString(16).padStart(12, '0');
    return `${i.toString(16).padStart(8, '0')}-0000-4000-8000-${number}`;
  });
}

/** What the index says of every session is where it is, and of those that are nowhere any more as many as the counts say. */
export async function expectSessions(
  keys: ConsumerKeys,
  places: Places,
  asked: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const found = new Map<string, Map<string, SessionOutcome>>();
  await Promise.all(
    [...new Set([...asked.values()].flat())].map(async (item) => {
      const requests = await findSession([keys], item);
      found.set(item, new Map(requests.map(({ id, outcome }) => [id, outcome])));
    }),
  );
  for (const request of places.requests) {
    const items = asked.get(request.id) ?? [];
    const where = placesOf(places, request);
    const said = (item: string) => found.get(item)?.get(request.id);
    const outcomes = Object.fromEntries(items.map((item) => [item, said(item)]));
    const open = Object.fromEntries([...where].map(([item, [place = '']]) => [item, outcomeAt(places, place)]));
    expectSame(Object.fromEntries([...where.keys()].map((item) => [item, said(item)])), open);
    const over = items.filter((item) => !where.has(item));
    expectSame(countsOf(over.map((item) => outcomes[item])), settledCounts(request));
  }
}

function outcomeAt(places: Places, place: string): SessionOutcome {
  if (place === 'parked' || place === 'failed') return place;
  const batch = places.batches.find((one) => isOpen(one) && `batch ${one.id}` === place);
  return batch?.fields.state === 'submitted' ? 'submitted' : 'waiting';
}

function countsOf(outcomes: (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = { succeeded: 0, absent: 0, cancelled: 0 };
  for (const outcome of outcomes) counts[`${outcome}`] = (counts[`${outcome}`] ?? 0) + 1;
  return counts;
}

function settledCounts({ fields }: RequestPlaces): Record<string, number> {
  const count = (name: string) => Number(fields[name] ?? 0);
  return {
    succeeded: count('succeeded') - count('absent'),
    absent: count('absent'),
    cancelled: count('cancelled'),
  };
}
