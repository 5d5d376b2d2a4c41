import { randomBytes } from 'node:crypto';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { ScriptArgument } from '../redis/script.ts';
import { type DeletedSelection, selectionFields } from '../selections/deleted-selection.ts';
import { sessionSeed } from '../sessions/session-seed.ts';
import { type Chunk, chunksOf, RequestDigest } from './chunks.ts';
import { idTaken, memoryShort, Refusal } from './refusal.ts';
import type { DeletionNotes, Kind, RequestView } from './request.ts';
import { SeenFew, SeenMany } from './seen.ts';
import { viewOf } from './view.ts';

const local = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
const sessions = ['table', 'put'].map((name) => new URL(`../sessions/${name}.lua`, import.meta.url));
const acceptScript = consumerScript(...sessions, ...['upload', 'items', 'place', 'accept'].map(local));
const beginScript = consumerScript(local('upload'), local('begin-upload'));
const appendScript = consumerScript(...sessions, local('upload'), local('items'), local('append'));
const sealScript = consumerScript(local('upload'), local('seal'));
const pauseScript = consumerScript(local('upload'), local('pause'));
const discardScript = consumerScript(local('upload'), local('discard'));

/** Chunks on their way to Redis at once. */
const pipelineDepth = 4;

export interface NewRequest {
  id: string;
  kind: Kind;
  ignoring: boolean;
  items: Iterable<string> | AsyncIterable<string | readonly string[]>;
  /** What is kept beside the items; the consumer is the keys'. */
  notes?: Omit<DeletionNotes, 'consumer'>;
  /** How many lines of the source were left out since they were no items; asked once the source has ended. */
  skipped?: (() => number) | undefined;
  /** What was stored stays when its source fails, and the same request again goes on behind it. */
  resumable?: boolean | undefined;
  /** Where its items come from a selection: its id, and the digest of what somebody has looked at. */
  selection?: DeletedSelection | undefined;
  /** The BullMQ job's id, where it is not the request's. */
  jobId?: string | undefined;
  /** Whose token asked, as the producer knows it. */
  keyName?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Whoever stores a request without this sees to it before and after. */
  placing?: Placing | undefined;
  /** Puts the session ids of a deletion into the index of sessions. */
  indexed?: boolean | undefined;
  /** How long a deletion may take that comes without a deadline; as long as it likes when absent or `null`. */
  termMs?: number | null | undefined;
}

/** How it is noted whose a request is, and that its consumer is busy. */
export interface Placing {
  /** The entry in the index (request-index.ts). */
  entry: string;
  /** Its key and that of the set of busy consumers, where one step may write them together with the request: not on a cluster. */
  together?: readonly [entryKey: string, busyKey: string] | undefined;
  /** Does so in a step of its own, before anything is stored; refuses with `id_taken` what belongs elsewhere. */
  reserve: () => Promise<void>;
}

/**
 * Stores a request's items durably and seals it; the same request again is safe (invariants 1, 11). A small request takes one
 * step; a large one is appended in chunks, and what was stored of it goes when it is not sealed, unless it is resumable. Answers with
 * the request where one step has made it: any other is to be read.
 */
export async function storeRequest(keys: ConsumerKeys, request: NewRequest): Promise<RequestView | undefined> {
  const chunks = chunksOf(request.kind, request.items);
  try {
    return await storeChunks(keys, request, chunks);
  } finally {
    // A refusal before the end would leave the caller's source open: a file, a cursor.
    await chunks.return(undefined);
  }
}

async function storeChunks(
  keys: ConsumerKeys,
  request: NewRequest,
  chunks: AsyncGenerator<Chunk>,
): Promise<RequestView | undefined> {
  const first = await chunks.next();
  if (first.done) throw new Refusal('invalid', 'must hold at least one item');
  const second = await chunks.next();
  request.signal?.throwIfAborted();
  if (second.done) return await acceptWhole(keys, request, first.value);
  await request.placing?.reserve();
  await new Upload(keys, request).run([first.value, second.value], chunks);
  return undefined;
}

async function acceptWhole(keys: ConsumerKeys, request: NewRequest, chunk: Chunk): Promise<RequestView | undefined> {
  const { entry = '', together, reserve } = request.placing ?? {};
  if (together === undefined) await reserve?.();
  const digest = digestOf(keys, request, chunk).value;
  const { args, duplicates } = chunk.storable(new SeenFew());
  const fields = recordFields(keys, request);
  const skipped = request.skipped?.() ?? 0;
  if (skipped > 0) fields.push('skipped', String(skipped));
  const reply = await acceptScript.run(
    keys.redis,
    [keys.base, ...(together ?? [])],
    [request.id, entry, digest, duplicates, seedFor(request), fields.length, ...fields, ...args],
  );
  checkSealed(reply, digest);
  const [, , createdAt, total, state = '', startsAt = ''] = Array.isArray(reply) ? reply.map(String) : [];
  if (createdAt === undefined) return undefined;
  const counted = { createdAt, total: total ?? '0', pending: total ?? '0', duplicates: String(duplicates) };
  const given = Object.fromEntries(pairsOf(fields));
  // As the script that sealed it has it.
  const deadline = given.deadlineIn && { deadline: String(Number(createdAt) + Number(given.deadlineIn)) };
  const record = { ...given, ...deadline, ...counted, state, ...(startsAt !== '' && { startsAt }) };
  return viewOf(keys, request.id, record);
}

function* pairsOf(fields: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < fields.length; i += 2) yield [fields[i] ?? '', fields[i + 1] ?? ''];
}

function digestOf(keys: ConsumerKeys, { kind, ignoring }: NewRequest, ...chunks: Chunk[]): RequestDigest {
  const digest = new RequestDigest(kind, keys.consumer, ignoring);
  for (const chunk of chunks) digest.add(chunk);
  return digest;
}

/**
 * Duplicates are found here and not in Redis: whoever takes an upload over reads it from its start, so that one process sees all of
 * it. Of a resumable one it stores only what comes behind the chunks that are there, once these have proven to be the same.
 */
class Upload {
  readonly #keys: ConsumerKeys;
  readonly #request: NewRequest;
  readonly #digest: RequestDigest;
  readonly #token = randomBytes(6).toString('base64url');
  readonly #seen = new SeenMany();
  readonly #underWay: Promise<void>[] = [];
  #chunks = 0;

  constructor(keys: ConsumerKeys, request: NewRequest) {
    this.#keys = keys;
    this.#request = request;
    this.#digest = digestOf(keys, request);
  }

  async run(first: readonly Chunk[], rest: AsyncIterable<Chunk>): Promise<void> {
    const { id, signal, resumable = false } = this.#request;
    const fields = recordFields(this.#keys, this.#request);
    const begun = await this.#call(beginScript, [id, this.#token, resumable ? '1' : '0', ...fields]);
    const { is, digest: sealed } = statusOf(begun);
    if (is === 'sealed') {
      for (const chunk of first) this.#digest.add(chunk);
      for await (const chunk of rest) {
        signal?.throwIfAborted();
        this.#digest.add(chunk);
      }
      compareDigests(sealed, this.#digest.value);
      return;
    }
    refuseUnless(is, 'begun');
    const standing = standingOf(begun);
    try {
      for (const chunk of first) await this.#take(chunk, standing);
      for await (const chunk of rest) {
        signal?.throwIfAborted();
        await this.#take(chunk, standing);
      }
      await Promise.all(this.#underWay);
      signal?.throwIfAborted();
      if (this.#chunks < standing.chunks) throw idTaken();
      const digest = this.#digest.value;
      const sealing = [id, this.#token, digest, this.#chunks, this.#request.skipped?.() ?? 0];
      checkSealed(await this.#call(sealScript, sealing), digest);
    } catch (error) {
      await Promise.allSettled(this.#underWay);
      await this.#letGo(error);
      throw error;
    }
  }

  /** What cannot be let go of now is discarded by the reconciler, once it has lain still. */
  async #letGo(error: unknown): Promise<void> {
    const { id, resumable = false } = this.#request;
    const token = this.#token;
    const isWrong = error instanceof Refusal && error.code === 'invalid';
    const letting =
      resumable && !isWrong ? this.#call(pauseScript, [id, token]) : discardUpload(this.#keys, { id, token }, 0);
    await letting.catch(() => undefined);
  }

  async #take(chunk: Chunk, standing: Standing): Promise<void> {
    this.#digest.add(chunk);
    if (this.#chunks >= standing.chunks) {
      if (this.#underWay.length === pipelineDepth) await this.#underWay.shift();
      this.#append(chunk);
      return;
    }
    chunk.storable(this.#seen);
    this.#chunks += 1;
    if (this.#chunks === standing.chunks) compareDigests(standing.chain, this.#digest.value);
  }

  #append(chunk: Chunk): void {
    const { args, duplicates } = chunk.storable(this.#seen);
    const { id, resumable = false } = this.#request;
    const chain = resumable ? this.#digest.value : '';
    const appending = [id, this.#token, this.#chunks, duplicates, seedFor(this.#request), chain, ...args];
    const sending = this.#call(appendScript, appending).then((reply) => refuseUnless(statusOf(reply).is, 'appended'));
    // It is awaited with the others; a refusal that comes while the source is silent must not end the process.
    sending.catch(() => undefined);
    this.#underWay.push(sending);
    this.#chunks += 1;
  }

  #call(script: typeof appendScript, args: ScriptArgument[]): Promise<unknown> {
    return script.run(this.#keys.redis, [this.#keys.base], args);
  }
}

/** The chunks that an upload finds there, and the digest's value behind them. */
interface Standing {
  chunks: number;
  chain: string;
}

function standingOf(reply: unknown): Standing {
  const [, chunks, chain] = Array.isArray(reply) ? reply.map(String) : [];
  return { chunks: Number(chunks ?? 0), chain: chain ?? '' };
}

export interface UploadTrace {
  id: string;
  token: string;
}

/** Reads an entry of the list of uploads: token, request. */
export function parseUploadTrace(entry: string): UploadTrace {
  const [token = ''] = entry.split(' ', 1);
  return { token, id: entry.slice(token.length + 1) };
}

/** Forgets an upload that has lain still for `afterMs`, or is over; one that goes on keeps all it has. */
export async function discardUpload(keys: ConsumerKeys, { id, token }: UploadTrace, afterMs: number): Promise<void> {
  await discardScript.run(keys.redis, [keys.base], [id, token, afterMs]);
}

/** '' when the request's sessions are not to be found later. */
function seedFor({ kind, indexed = false }: NewRequest): string {
  return indexed && kind === 'deletion' ? sessionSeed : '';
}

function recordFields(keys: ConsumerKeys, request: NewRequest): string[] {
  const fields = ['kind', request.kind, 'consumer', keys.consumer, 'ignoring', request.ignoring ? '1' : '0'];
  const { reason, requestedBy, notBefore, deadline, priority, callbackUrl } = request.notes ?? {};
  const { requireApproval, verify, force } = request.notes ?? {};
  const { termMs } = request;
  if (reason !== undefined) fields.push('reason', reason);
  if (requestedBy !== undefined) fields.push('requestedBy', requestedBy);
  if (notBefore !== undefined) fields.push('notBefore', String(Date.parse(notBefore)));
  if (deadline !== undefined) fields.push('deadline', String(Date.parse(deadline)));
  else if (typeof termMs === 'number' && request.kind === 'deletion') fields.push('deadlineIn', String(termMs));
  if (priority !== undefined && priority !== 'normal') fields.push('priority', priority);
  if (callbackUrl !== undefined) fields.push('callbackUrl', callbackUrl);
  if (requireApproval === true) fields.push('requireApproval', '1');
  if (request.keyName !== undefined) fields.push('keyName', request.keyName);
  if (request.selection !== undefined) fields.push(...selectionFields(request.selection));
  if (verify !== undefined && request.kind === 'deletion') fields.push('verify', verify ? '1' : '0');
  if (force === true) fields.push('force', '1');
  if (request.jobId !== undefined) fields.push('job', request.jobId);
  return fields;
}

function statusOf(reply: unknown): { is: string; digest: string } {
  const [is, digest] = Array.isArray(reply) ? reply.map(String) : [];
  return { is: is ?? '', digest: digest ?? '' };
}

function refuseUnless(is: string, wanted: string): void {
  if (is === wanted) return;
  if (is === 'memory_short') throw memoryShort();
  if (is === 'elsewhere') throw idTaken();
  if (is === 'lost') {
    throw new Refusal(
      'in_progress',
      'the upload was interrupted for too long, or another one of this id took over; begin anew',
    );
  }
  throw new Refusal('in_progress', 'a request of this id is being uploaded by somebody else');
}

function checkSealed(reply: unknown, digest: string): void {
  const sealed = statusOf(reply);
  refuseUnless(sealed.is, 'sealed');
  compareDigests(sealed.digest, digest);
}

function compareDigests(standing: string, own: string): void {
  if (standing !== own) throw idTaken();
}
