import { createHash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { EvidenceError } from '@session-queue/core/evidence';
import type { S3Place, S3Settings } from './s3-settings.ts';
import { storeError } from './store-error.ts';

/** Repetitions of what is nobody's fault, by the client itself. */
const maxAttempts = 3;
const connectMs = 2_500;
/** Nothing that an archive writes is longer; what is there was put there by others. */
const maxObjectBytes = 64 * 1024 * 1024;

export interface S3StoreOptions {
  place: S3Place;
  settings: Omit<S3Settings, 'EVIDENCE_S3_URL'>;
  /** The deadline of one request with its repetitions (8,000). */
  requestMs?: number;
}

/** A page of a listing, in the order of keys; it may be empty and yet not the last. */
export interface Page {
  names: string[];
  /** What the next page is asked for with; `undefined` behind the last. */
  next: string | undefined;
}

/**
 * The verbs of a store that an archive needs. Names are keys without the place's prefix. Failures are `EvidenceError`s; so is a request that
 * has not ended within its deadline, or by `until`.
 */
export class S3Store {
  readonly #client: S3Client;
  readonly #place: S3Place;
  readonly #requestMs: number;

  constructor({ place, settings, requestMs = 8_000 }: S3StoreOptions) {
    const { EVIDENCE_S3_ENDPOINT: endpoint, EVIDENCE_S3_REGION: region } = settings;
    const { EVIDENCE_S3_ACCESS_KEY_ID: accessKeyId, EVIDENCE_S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
    const { EVIDENCE_S3_PATH_STYLE: forcePathStyle = endpoint !== undefined } = settings;
    const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
    // Else it warns of the end of its support for Node 20, beside the lines of the log.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    this.#place = place;
    this.#requestMs = requestMs;
    this.#client = new S3Client({
      forcePathStyle,
      maxAttempts,
      // Checksums that not every store knows; a Content-MD5 is in their place.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: connectMs },
      ...(endpoint !== undefined && { endpoint }),
      ...(region === undefined ? endpoint !== undefined && { region: 'us-east-1' } : { region }),
      ...(hasKey && { credentials: { accessKeyId, secretAccessKey } }),
    });
  }

  /** Stores an object unless one of this name is there. Once it has answered with `stored` the object is durable. */
  async put(name: string, body: Buffer, until?: AbortSignal): Promise<'stored' | 'exists'> {
    const command = new PutObjectCommand({
      ...this.#object(name),
      Body: body,
      IfNoneMatch: '*',
      // Demanded where the bucket locks its objects.
      ContentMD5: createHash('md5').update(body).digest('base64'),
      ContentType: 'application/x-ndjson',
    });
    return await this.#ask(until, async (abortSignal) => {
      try {
        await this.#client.send(command, { abortSignal });
        return 'stored';
      } catch (error) {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return 'exists';
        throw error;
      }
    });
  }

  /** The content of an object; `undefined` where there is none. */
  async get(name: string, until?: AbortSignal): Promise<Buffer | undefined> {
    return await this.#ask(until, async (abortSignal) => {
      try {
        // The client's own deadline ends with the headers.
        const { Body: body } = await this.#client.send(new GetObjectCommand(this.#object(name)), { abortSignal });
        return body instanceof Readable ? await contentOf(addAbortSignal(abortSignal, body)) : Buffer.alloc(0);
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    });
  }

  /** Names that begin with `start`, from behind the name `after` or the page before; at most 1,000, and fewer where the store wants it so. */
  async list(
    start: string,
    after: string,
    { until, next }: { until?: AbortSignal; next?: string } = {},
  ): Promise<Page> {
    const { bucket, prefix } = this.#place;
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: `${prefix}${start}`,
      StartAfter: `${prefix}${after}`,
      ...(next !== undefined && { ContinuationToken: next }),
    });
    const answer = await this.#ask(until, async (abortSignal) => await this.#client.send(command, { abortSignal }));
    const { Contents: contents = [], IsTruncated: isTruncated = false, NextContinuationToken: token } = answer;
    const names = contents.flatMap(({ Key: key }) => (key === undefined ? [] : [key.slice(prefix.length)]));
    if (isTruncated && token === undefined) {
      throw new EvidenceError(
        'archive_failed',
        'the store ends a listing half-way and does not say how it goes on: see the store, or take one that does',
      );
    }
    return { names, next: isTruncated ? token : undefined };
  }

  /** Ends its connections. Safe twice. */
  stop(): void {
    this.#client.destroy();
  }

  #object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#place.bucket, Key: `${this.#place.prefix}${name}` };
  }

  async #ask<T>(until: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = AbortSignal.timeout(this.#requestMs);
    const signal = until === undefined ? own : AbortSignal.any([own, until]);
    try {
      return await work(signal);
    } catch (error) {
      throw storeError(error, this.#place.bucket, signal.aborted);
    }
  }
}

async function contentOf(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxObjectBytes) throw new Error(`an object is longer than ${maxObjectBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
