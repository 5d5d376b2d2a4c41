import { type Certificate, certificateSchema } from '../evidence/certificate/certificate.ts';
import { leafLine, saltLine } from '../evidence/certificate/leaf-file.ts';
import { EvidenceError } from '../evidence/evidence-error.ts';
import { leafBytes } from '../evidence/merkle/salted-leaf.ts';
import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import { Refusal } from '../requests/refusal.ts';
import { finalStates, type RequestView } from '../requests/request.ts';

/** Leaves read and hashed in one go: about 30 ms of a core. */
const leavesAtOnce = 2_000;
/** Sessions whose second deletion failed: they are held in memory, some 10 MB. */
const mostTakenBack = 100_000;

const tooManyTakenBack = `the second deletion of over ${mostTakenBack.toLocaleString('en')} of its sessions failed: no certificate can be made`;

/** A request, and where it lies. */
interface Found {
  keys: ConsumerKeys;
  view: RequestView;
}

export const notEvidenced =
  'this request is not under evidence: it is no deletion, or no worker of its consumer had EVIDENCE on when it was accepted';

const notYet =
  'the certificate is not made yet: ask again in some seconds; if it stays so, see that a worker with EVIDENCE=true and EVIDENCE_KEY_FILE runs';

/** The certificate of a request; refuses with `conflict` and the reason where there is none, or none yet. */
export async function readCertificate({ keys, view }: Found): Promise<Certificate> {
  const [text, marks] = await Promise.all([
    keys.redis.get(`${requestKey(keys, view.id)}:certificate`),
    keys.redis.hmget(requestKey(keys, view.id), 'evidenced', 'uncertified'),
  ]);
  const [evidenced, uncertified] = marks;
  if (typeof evidenced !== 'string') throw new Refusal('conflict', notEvidenced);
  if (!finalStates.has(view.state)) {
    throw new Refusal('conflict', `this request is ${view.state}: its certificate is made when it has ended`);
  }
  if (typeof uncertified === 'string') throw new Refusal('conflict', uncertified);
  // After a retry the one of an earlier end stands there until the new one is made.
  const certificate = text === null ? undefined : certificateSchema.parse(JSON.parse(text));
  if (certificate !== undefined && certificate.times.ended === view.finishedAt) return certificate;
  throw new Refusal('conflict', notYet);
}

/** The salted leaves of the sessions of a request that are gone, in the order of their batches, up to 2,000 at a time. */
export async function* readLeaves(keys: ConsumerKeys, id: string): AsyncGenerator<Buffer[], void, undefined> {
  const size = leafBytes * leavesAtOnce;
  const takenBack = await readTakenBack(keys, id);
  for (let from = 0; ; from += size) {
    const bytes = await keys.redis.getrangeBuffer(`${requestKey(keys, id)}:leaves`, from, from + size - 1);
    const leaves = leavesIn(bytes).filter((leaf) => !isTakenBack(takenBack, leaf));
    if (leaves.length > 0) yield leaves;
    if (bytes.length < size) return;
  }
}

/** Leaves of sessions that were still shown, and whose second deletion failed: how often each does not count. Few, if any. */
async function readTakenBack(keys: ConsumerKeys, id: string): Promise<Map<string, number>> {
  const key = `${requestKey(keys, id)}:leaves-back`;
  if ((await keys.redis.strlen(key)) > mostTakenBack * leafBytes)
    throw new EvidenceError('bad_record', tooManyTakenBack);
  const bytes = await keys.redis.getBuffer(key);
  const times = new Map<string, number>();
  for (const leaf of leavesIn(bytes ?? Buffer.alloc(0))) {
    const name = leaf.toString('latin1');
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}

function isTakenBack(times: Map<string, number>, leaf: Buffer): boolean {
  if (times.size === 0) return false;
  const name = leaf.toString('latin1');
  const left = times.get(name) ?? 0;
  if (left > 0) times.set(name, left - 1);
  return left > 0;
}

function leavesIn(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / leafBytes) }, (_, i) =>
    bytes.subarray(leafBytes * i, leafBytes * (i + 1)),
  );
}

/** The file of leaves of a request that has a certificate; refuses with its reason where it has none. */
export async function* leafLinesOf(find: () => Promise<Found>): AsyncGenerator<readonly string[], void, undefined> {
  const { keys, view } = await find();
  await readCertificate({ keys, view });
  const salt = await keys.redis.hgetBuffer(requestKey(keys, view.id), 'salt');
  if (salt === null) throw new Refusal('conflict', notEvidenced);
  yield [saltLine(view.id, salt)];
  for await (const leaves of readLeaves(keys, view.id)) yield leaves.map(leafLine);
}
