import { requestKey } from '../../src/lanes/keys.ts';
import { readRequest } from '../../src/requests/view.ts';
import { type Check, type Piece, recordCheck, takePieces } from '../../src/verification/pieces.ts';
import { defaultVerification, noteVerification, type VerificationSettings } from '../../src/verification/settings.ts';
import type { Lab } from '../lanes/lab.ts';

export const retentionMs = 60_000;
export const none: Check = { fate: 'wait', nextMs: 1_000, named: [] };

/** Verifies at once what was seen. */
export async function settingsOf(lab: Lab, change: Partial<VerificationSettings> = {}): Promise<void> {
  await noteVerification(lab.keys, { ...defaultVerification, afterMs: 0, ...change });
}

/** An open deletion of what a selection found. */
export async function selected(lab: Lab, id: string, items: readonly string[]): Promise<void> {
  await lab.request(id, items);
  await lab.redis.hset(requestKey(lab.keys, id), 'selection', 's');
}

/** Deletes a batch; answers with the requests that this finished. */
export async function completed(lab: Lab, batch: string): Promise<string[] | undefined> {
  const lane = lab.lane();
  const { claim, reference } = await lab.submit(lane, batch);
  const outcomes = await sizeOf(lab, claim.batch);
  return await lane.resolve(claim.batch, { reference }, { outcomes: outcomes.map(() => 'succeeded' as const) });
}

async function sizeOf(lab: Lab, batch: string): Promise<undefined[]> {
  const size = Number(await lab.redis.hget(`${lab.keys.base}batch:${batch}`, 'size'));
  return Array.from({ length: size }, () => undefined);
}

export async function take(lab: Lab, token = 'me'): Promise<Piece[]> {
  const claim = await takePieces(lab.keys, token);
  return claim.is === 'pieces' ? claim.pieces : [];
}

export async function record(lab: Lab, piece: Piece, check: Partial<Check> = {}, token = 'me') {
  return await recordCheck(lab.keys, token, piece, { ...none, ...check }, retentionMs);
}

/** The one piece that is due. */
export async function only(lab: Lab, token?: string) {
  const [piece] = await take(lab, token);
  if (piece === undefined) throw new Error('nothing is due');
  return piece;
}

/** What a request says of its verification. */
export async function verificationOf(lab: Lab, id: string) {
  return (await readRequest(lab.keys, id))?.verification;
}

/** How long the record of a request stays, in ms; -1 for good. */
export async function ttlOf(lab: Lab, id: string): Promise<number> {
  return await lab.redis.pttl(requestKey(lab.keys, id));
}
