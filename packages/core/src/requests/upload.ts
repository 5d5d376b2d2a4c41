import { createHash, randomBytes } from 'node:crypto';
import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { formEncodedBytes } from '../learnosity/form-size.ts';
import type { ScriptArgument } from '../redis/script.ts';
import { chunksOf, RequestDigest } from './chunks.ts';
import { packSessionId } from './packing.ts';
import { Refusal } from './refusal.ts';
import type { Kind } from './request.ts';

const local = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
const acceptScript = consumerScript(local('upload'), local('items'), local('accept'));
const beginScript = consumerScript(local('upload'), local('begin-upload'));
const appendScript = consumerScript(local('upload'), local('append'));
const sealScript = consumerScript(local('upload'), local('seal'));
const discardScript = consumerScript(local('discard'));

/** Chunks on their way to Redis at once. */
const pipelineDepth = 4;
/** Most buckets for finding duplicates, and how many items each is meant for: Redis packs hashes of up to 128 entries. */
const maxBuckets = 65_536;
const itemsPerBucket = 90;

export interface NewRequest {
  id: string;
  kind: Kind;
  ignoring: boolean;
  items: Iterable<string> | AsyncIterable<string>;
  reason?: string | undefined;
  requestedBy?: string | undefined;
  /** The BullMQ job's id, where it is not the request's. */
  jobId?: string | undefined;
  expectedItems?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Stores a request's items durably and seals it; the same request again is safe (invariants 1, 11). A small request takes one
 * step; a large one is appended in chunks, and what was stored of it goes when it is not sealed.
 */
export async function storeRequest(keys: ConsumerKeys, request: NewRequest): Promise<void> {
  const chunks = chunksOf(request.kind, request.items);
  try {
    await storeChunks(keys, request, chunks);
  } finally {
    // A refusal before the end would leave the caller's source open: a file, a cursor.
    await chunks.return(undefined);
  }
}

async function storeChunks(keys: ConsumerKeys, request: NewRequest, chunks: AsyncGenerator<string[]>): Promise<void> {
  const digest = new RequestDigest(request.kind, keys.consumer, request.ignoring);
  const first = await chunks.next();
  if (first.done) throw new Refusal('invalid', 'must hold at least one item');
  digest.add(first.value);
  const second = await chunks.next();
  request.signal?.throwIfAborted();
  if (second.done) {
    await acceptWhole(keys, request, first.value, digest.end());
    return;
  }
  await new Upload(keys, request, digest).run(first.value, second.value, chunks);
}

async function acceptWhole(keys: ConsumerKeys, request: NewRequest, items: string[], digest: string): Promise<void> {
  const unique = [...new Set(items)];
  const fields = recordFields(keys, request);
  const stored =
    request.kind === 'deletion' ? unique.map(packSessionId) : unique.flatMap((item) => [item, formEncodedBytes(item)]);
  const reply = await acceptScript.run(
    keys.redis,
    [keys.base],
    [request.id, digest, items.length - unique.length, fields.length, ...fields, ...stored],
  );
  checkSealed(reply, digest);
}

class Upload {
  readonly #keys: ConsumerKeys;
  readonly #request: NewRequest;
  readonly #digest: RequestDigest;
  readonly #token = randomBytes(6).toString('base64url');
  readonly #buckets: number;
  #chunks = 0;

  constructor(keys: ConsumerKeys, request: NewRequest, digest: RequestDigest) {
    this.#keys = keys;
    this.#request = request;
    this.#digest = digest;
    // Not a number is no expectation either.
    const expected = request.expectedItems || maxBuckets * itemsPerBucket;
    this.#buckets = Math.min(maxBuckets, Math.max(1, Math.ceil(expected / itemsPerBucket)));
  }

  async run(first: string[], second: string[], rest: AsyncIterable<string[]>): Promise<void> {
    const { id, signal } = this.#request;
    const fields = recordFields(this.#keys, this.#request);
    const begun = statusOf(await this.#call(beginScript, [id, this.#token, this.#buckets, ...fields]));
    if (begun.is === 'sealed') {
      this.#digest.add(second);
      for await (const chunk of rest) this.#digest.add(chunk);
      compareDigests(begun.digest, this.#digest.end());
      return;
    }
    refuseUnless(begun.is, 'begun');
    let underWay: Promise<void>[] = [];
    try {
      await this.#append(first);
      this.#digest.add(second);
      await this.#append(second);
      for await (const chunk of rest) {
        signal?.throwIfAborted();
        this.#digest.add(chunk);
        const sending = this.#append(chunk);
        // It is awaited with the others; a refusal that comes while the source is silent must not end the process.
        sending.catch(() => undefined);
        underWay.push(sending);
        if (underWay.length === pipelineDepth) {
          await Promise.all(underWay);
          underWay = [];
        }
      }
      await Promise.all(underWay);
      signal?.throwIfAborted();
      const digest = this.#digest.end();
      checkSealed(await this.#call(sealScript, [id, this.#token, digest, this.#chunks]), digest);
    } catch (error) {
      await Promise.allSettled(underWay);
      // What cannot be discarded now is discarded by the reconciler, once it has lain still.
      await discardUpload(this.#keys, { id, token: this.#token, buckets: this.#buckets }, 0).catch(() => undefined);
      throw error;
    }
    await forgetDuplicates(this.#keys, { id, token: this.#token, buckets: this.#buckets });
  }

  async #append(chunk: string[]): Promise<void> {
    const args: ScriptArgument[] = [this.#request.id, this.#token, this.#chunks, this.#buckets];
    this.#chunks += 1;
    for (const item of chunk) {
      if (this.#request.kind === 'deletion') {
        const packed = packSessionId(item);
        args.push(packed.length === 16 ? '' : fingerprint(item), packed);
      } else {
        args.push(fingerprint(item), item, formEncodedBytes(item));
      }
    }
    refuseUnless(statusOf(await this.#call(appendScript, args)).is, 'appended');
  }

  #call(script: typeof appendScript, args: ScriptArgument[]): Promise<unknown> {
    return script.run(this.#keys.redis, [this.#keys.base], args);
  }
}

export interface UploadTrace {
  id: string;
  token: string;
  buckets: number;
}

/** Reads an entry of the list of uploads: token, buckets, request. */
export function parseUploadTrace(entry: string): UploadTrace {
  const [token = '', buckets = '0'] = entry.split(' ', 2);
  return { token, buckets: Number(buckets), id: entry.slice(token.length + buckets.length + 2) };
}

/** Forgets an upload that has lain still for `afterMs`, or is over; one that goes on keeps all it has. */
export async function discardUpload(keys: ConsumerKeys, trace: UploadTrace, afterMs: number): Promise<void> {
  const over = await discardScript.run(keys.redis, [keys.base], [trace.id, trace.token, afterMs]);
  if (over === 1) await forgetDuplicates(keys, trace);
}

/** Drops what was kept to find duplicates, in slices that do not hold Redis up. */
async function forgetDuplicates(keys: ConsumerKeys, { id, token, buckets }: UploadTrace): Promise<void> {
  const bucketBase = `${requestKey(keys, id)}:seen:${token}:`;
  for (let from = 0; from < buckets; from += 1_000) {
    const length = Math.min(1_000, buckets - from);
    await keys.redis.unlink(Array.from({ length }, (_, index) => `${bucketBase}${from + index}`));
  }
  await keys.redis.zrem(`${keys.base}receiving`, `${token} ${buckets} ${id}`);
}

function recordFields(keys: ConsumerKeys, request: NewRequest): string[] {
  const fields = ['kind', request.kind, 'consumer', keys.consumer, 'ignoring', request.ignoring ? '1' : '0'];
  if (request.reason !== undefined) fields.push('reason', request.reason);
  if (request.requestedBy !== undefined) fields.push('requestedBy', request.requestedBy);
  if (request.jobId !== undefined) fields.push('job', request.jobId);
  return fields;
}

function fingerprint(item: string): Buffer {
  return createHash('sha256').update(item).digest().subarray(0, 16);
}

function statusOf(reply: unknown): { is: string; digest: string } {
  const [is, digest] = Array.isArray(reply) ? reply.map(String) : [];
  return { is: is ?? '', digest: digest ?? '' };
}

function refuseUnless(is: string, wanted: string): void {
  if (is === wanted) return;
  if (is === 'memory_short') {
    throw new Refusal(
      'memory_short',
      'Redis uses over 80 % of its memory: nothing new is accepted until it has room again',
    );
  }
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
  if (standing !== own) throw new Refusal('id_taken', 'this id belongs to a request with other content');
}
