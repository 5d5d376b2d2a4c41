import {
  type ConsumerKeys,
  endWalk,
  packMetadata,
  recordPage,
  SelectionDigest,
  takeWalk,
} from '@session-queue/core/engine';

/** Lets the walk of a selection come to these sessions, as a worker would. */
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
  await endWalk(keys, claim.walk, { state: 'ready', count: digest.count, digest: digest.value }, 60_000);
}
