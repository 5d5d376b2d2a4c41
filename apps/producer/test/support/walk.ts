import {
  beginPart,
  type ConsumerKeys,
  divisionOf,
  endWalk,
  packMetadata,
  recordPage,
  recordPart,
  SelectionDigest,
  takeWalk,
  type Walk,
} from '@session-queue/core/engine';

/**
 * Lets the walk of a selection come to these sessions, as a worker would; of a breakdown the first is of the first value, and so on, and
 * one more than there are values is of none.
 */
export async function walk(keys: ConsumerKeys, id: string, sessionIds: readonly string[]): Promise<void> {
  const claim = await takeWalk(keys, 'a walker');
  if (claim.is !== 'walk' || claim.walk.id !== id) throw new Error(`the walk taken is ${JSON.stringify(claim)}`);
  const digest = new SelectionDigest();
  for (let from = 0; from < sessionIds.length; from += 50) {
    const page = sessionIds.slice(from, from + 50);
    digest.add(page);
    const position = { next: `${from}`, pages: from / 50 + 1, sessions: digest.count };
    const sessions = page.map((sessionId) => ({ sessionId, userId: 'learner', metadata: { course: 'maths' } }));
    const metadata = claim.walk.keepMetadata ? await packMetadata(sessions) : undefined;
    await recordPage(keys, claim.walk, position, page, metadata);
  }
  const ready = { state: 'ready', count: digest.count, digest: digest.value } as const;
  const division = await breakDown(keys, claim.walk, sessionIds.length);
  await endWalk(keys, claim.walk, { ...ready, ...(division && { division }) }, 60_000);
}

async function breakDown(keys: ConsumerKeys, walked: Walk, count: number) {
  const { id, breakdown } = walked;
  if (breakdown === undefined) return undefined;
  const { values } = breakdown;
  for (const [part] of values.entries()) {
    await beginPart(keys, walked, part, 60_000);
    const places = Array.from({ length: count }, (_, place) => place).filter((n) => n % (values.length + 1) === part);
    await recordPart(keys, walked, part, { next: 'n', pages: 1, sessions: count }, { places, outside: 1 }, 60_000);
  }
  await beginPart(keys, walked, values.length, 60_000);
  return await divisionOf(keys, id, breakdown, () => Promise.resolve());
}
