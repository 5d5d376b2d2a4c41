import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import type { ItemOutcome } from '../../../src/lanes/lane.ts';
import type { BatchPlaces, Places, RequestPlaces } from './places.ts';

/** The states of a batch whose items count as claimed. */
const claimedStates = new Set(['ready', 'claimed', 'sending', 'lost']);
const finalStates = new Set(['completed', 'failed', 'cancelled']);

/** Where each item of a request is: in a list, in an open batch, or nowhere any more since it is settled. */
export function placesOf(places: Places, request: RequestPlaces): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const note = (item: string, place: string) => found.set(item, [...(found.get(item) ?? []), place]);
  for (const item of request.pending) note(item, 'pending');
  for (const item of request.parked) note(item, 'parked');
  for (const item of request.failed) note(item, 'failed');
  for (const batch of places.batches.filter(isOpen)) {
    for (const member of batch.members) if (member.request === request.id) note(member.item, `batch ${batch.id}`);
  }
  return found;
}

export function isOpen(batch: BatchPlaces): boolean {
  return claimedStates.has(batch.fields.state ?? '') || batch.fields.state === 'submitted';
}

/** As `expect(actual).toEqual(wanted)`, at a fraction of its cost where they are equal: this runs thousands of times. */
export function expectSame(actual: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(actual, wanted)) expect(actual).toEqual(wanted);
}

const count = (request: RequestPlaces, name: string) => Number(request.fields[name] ?? 0);

/** What must hold of a lane at every moment. `asked` are the items of each request, in order. */
export function expectLaws(places: Places, asked: ReadonlyMap<string, readonly string[]>): void {
  expectSame(places.requests.map(({ id }) => id).sort(), [...asked.keys()].sort());
  for (const request of places.requests) {
    expectOnePlace(places, request, asked.get(request.id) ?? []);
    expectCounts(places, request);
    expectStanding(places, request);
  }
  for (const batch of places.batches) expectOneQueue(places, batch);
  expectFigures(places);
}

/** The lane's figures are the sums of its requests' counts, and each request knows its batches and why its items failed. */
function expectFigures({ requests, batches, figures, queues, open }: Places): void {
  for (const state of ['pending', 'claimed', 'submitted', 'parked']) {
    const sum = requests.reduce((n, request) => n + count(request, state), 0);
    expectSame([state, Number(figures[state] ?? 0)], [state, sum]);
  }
  for (const state of ['succeeded', 'failed', 'cancelled']) {
    const sum = requests.reduce((n, request) => n + count(request, state), 0);
    // What failed and was tried again counts each time.
    expectSame(Number(figures[state] ?? 0) >= sum, true);
    if (state !== 'failed') expectSame([state, Number(figures[state] ?? 0)], [state, sum]);
  }
  const attempts = batches.reduce((n, { fields }) => n + Number(fields.attempts ?? 0), 0);
  expectSame(Number(figures.calls ?? 0), attempts);
  expectSame([...queues.opened.keys()].sort(), open);
  for (const { id, codes, failed, parked } of requests) {
    const byList = (list: string) =>
      Object.entries(codes).reduce((n, [name, items]) => n + (name.startsWith(`${list} `) ? Number(items) : 0), 0);
    expectSame([id, byList('failed'), byList('parked')], [id, failed.length, parked.length]);
  }
  for (const batch of batches) {
    for (const { request } of batch.members) {
      expectSame(requests.find(({ id }) => id === request)?.batches.filter((id) => id === batch.id).length, 1);
    }
  }
}

/** Invariant 2: every item is in at most one place, and there only once; the others are settled. */
function expectOnePlace(places: Places, request: RequestPlaces, asked: readonly string[]): void {
  const found = placesOf(places, request);
  const own = new Set(asked);
  for (const [item, where] of found) {
    if (where.length !== 1) throw new Error(`${request.id}: ${item} is in ${where.join(' and ')}`);
    if (!own.has(item)) throw new Error(`${request.id} never had ${item}, which is in ${where[0]}`);
  }
  expectSame(count(request, 'succeeded') + count(request, 'cancelled'), asked.length - found.size);
  // A text is kept exactly as long as its submission may still be sent or looked at.
  if (request.fields.kind === 'resubmission') expectSame(request.payloads.sort(), [...found.keys()].sort());
}

/** Invariant 6: the counts say how long the lists are, and add up. */
function expectCounts(places: Places, request: RequestPlaces): void {
  const inBatches = (states: (state: string) => boolean) =>
    places.batches
      .filter(({ fields }) => states(fields.state ?? ''))
      .reduce((n, { members }) => n + members.filter((member) => member.request === request.id).length, 0);
  const counted = (name: string) => count(request, name);
  expectSame(
    {
      pending: counted('pending'),
      claimed: counted('claimed'),
      submitted: counted('submitted'),
      parked: counted('parked'),
      failed: counted('failed'),
    },
    {
      pending: request.pending.length,
      claimed: inBatches((state) => claimedStates.has(state)),
      submitted: inBatches((state) => state === 'submitted'),
      parked: request.parked.length,
      failed: request.failed.length,
    },
  );
  const parts = ['pending', 'claimed', 'submitted', 'parked', 'succeeded', 'failed', 'cancelled'];
  expectSame(
    parts.reduce((sum, name) => sum + counted(name), 0),
    counted('total'),
  );
  expectSame(counted('absent') <= counted('succeeded'), true);
}

/** A request is in the rotation when it has something to give, and has ended when nothing of it is open. */
function expectStanding(places: Places, request: RequestPlaces): void {
  const { state = '', ignoring } = request.fields;
  const rotations = (['rotation', 'rotation:ignoring'] as const).filter((name) => places.queues[name].has(request.id));
  const gives = state === 'processing' && request.pending.length > 0;
  expectSame(rotations, gives ? [ignoring === '1' ? 'rotation:ignoring' : 'rotation'] : []);
  const openItems = ['pending', 'claimed', 'submitted', 'parked'].reduce((sum, name) => sum + count(request, name), 0);
  expectSame(finalStates.has(state), openItems === 0);
  if (openItems === 0) {
    expectSame(
      state,
      count(request, 'cancelled') > 0 ? 'cancelled' : count(request, 'failed') > 0 ? 'failed' : 'completed',
    );
  }
  expectSame(places.open.includes(request.id), openItems > 0);
  expectSame(places.queues.finish.has(`request ${request.fields.kind} ${request.id}`), openItems === 0);
}

/** An open batch stands where its state is looked for, and nowhere else. */
function expectOneQueue(places: Places, { id, fields }: BatchPlaces): void {
  const names = ['ready', 'halves', 'leases', 'due', 'lost'] as const;
  const where = names.filter((name) => places.queues[name].has(id));
  const wanted = {
    ready: [['ready'], ['halves']],
    claimed: [['leases']],
    sending: [['leases']],
    lost: [['lost']],
    submitted: [['due']],
    settled: [[]],
    split: [[]],
  }[fields.state ?? ''];
  expectSame(
    wanted?.some((one) => isDeepStrictEqual(one, where)),
    true,
  );
  const closed = fields.state === 'settled' || fields.state === 'split';
  expectSame(places.queues.finish.has(`batch ${fields.kind} ${id}`), closed);
}

/** A batch that was closed with these outcomes has left each item where its outcome says: children are numbered as they come. */
export function expectOutcomes(places: Places, id: string, outcomes: readonly ItemOutcome[]): void {
  const closed = places.batches.find((batch) => batch.id === id);
  const children = [...new Set(outcomes.filter((outcome) => typeof outcome === 'number'))];
  const found = new Map(places.requests.map((request) => [request.id, placesOf(places, request)]));
  for (const [index, { request, item }] of (closed?.members ?? []).entries()) {
    const outcome = outcomes[index];
    const child = typeof outcome === 'number' ? [`batch ${id}-${children.indexOf(outcome) + 1}`] : undefined;
    const listed = outcome === 'failed' || outcome === 'parked' ? [outcome] : undefined;
    expectSame(found.get(request)?.get(item), child ?? listed);
  }
}
