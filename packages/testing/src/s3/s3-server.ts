import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { noteOpen } from '../leaks/open-things.ts';
import { type S3Credentials, signatureFault } from './s3-signature.ts';

export interface S3ServerOptions {
  bucket?: string;
  /** Most keys that one listing answers with (1,000), whatever is asked for. */
  pageSize?: number;
  /** Whether it takes `If-None-Match` (refuses); a store that passes it over (ignores) overwrites, and some know it not at all. */
  conditionalWrites?: 'refuses' | 'ignores' | 'unknown';
}

/**
 * What happens to one request of the method, in place of its answer. `cut` ends the connection, before it is looked at or after it was done;
 * `empty-page` and `no-token` are a listing's that goes on: without a name, and without saying how.
 */
export interface S3Fault {
  method: 'PUT' | 'GET';
  is: keyof typeof faultAnswers | 'cut-after' | 'cut-before' | 'silent' | 'empty-page' | 'no-token';
  /** The one of this key alone. */
  key?: string;
}

export interface S3Call {
  method: string;
  /** Of an object; empty for a listing. */
  key: string;
  status: number;
}

/** What it is asked, and the fault that is to happen to that. */
interface Ask {
  bucket: string;
  key: string;
  query: URLSearchParams;
  fault: S3Fault['is'] | undefined;
}

/** What it answers: an error by its code, or a content. */
interface Answer {
  status: number;
  code?: string;
  content?: Buffer | string;
}

const cut: Answer = { status: 0 };

const faultAnswers = {
  internal: { status: 500, code: 'InternalError' },
  'slow-down': { status: 503, code: 'SlowDown' },
  denied: { status: 403, code: 'AccessDenied' },
  gone: { status: 404, code: 'NoSuchKey' },
} as const;

/** A store on loopback that speaks S3 as far as an archive needs it: signed PUT, GET, HEAD and ListObjectsV2 in the style of paths. */
export class S3Server {
  readonly credentials: S3Credentials = { accessKeyId: 'AKIDFORTESTS', secretAccessKey: 'a-secret-for-tests' };
  readonly bucket: string;
  /** What it holds, by key. */
  readonly objects = new Map<string, Buffer>();
  /** What it was asked and answered; 0 where it said nothing. */
  readonly calls: S3Call[] = [];
  /** Faults to come, each for one request. */
  readonly faults: S3Fault[] = [];
  readonly #server: Server;
  readonly #closed = noteOpen('an S3 server');
  readonly #pageSize: number;
  readonly #conditionalWrites: NonNullable<S3ServerOptions['conditionalWrites']>;

  static async start(options: S3ServerOptions = {}): Promise<S3Server> {
    const server = new S3Server(options);
    await new Promise<void>((resolve) => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  private constructor({ bucket = 'evidence', pageSize = 1_000, conditionalWrites = 'refuses' }: S3ServerOptions) {
    this.bucket = bucket;
    this.#pageSize = pageSize;
    this.#conditionalWrites = conditionalWrites;
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => this.#take(request, Buffer.concat(parts), response));
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Keys in their order. */
  keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
    this.#closed();
  }

  #take(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://store');
    const [bucket = '', ...rest] = url.pathname.slice(1).split('/');
    const key = decodeURIComponent(rest.join('/'));
    const method = request.method ?? '';
    const fault = this.#takeFault(method, key);
    const { status, code, content = '' } = this.#answer(request, body, { bucket, key, query: url.searchParams, fault });
    this.calls.push({ method, key, status });
    if (fault === 'silent') return;
    if (status === 0) response.destroy();
    else {
      response.writeHead(status, { 'content-type': code === undefined ? 'binary/octet-stream' : 'application/xml' });
      const error = `<Error><Code>${code}</Code><Message>the store says ${code}</Message></Error>`;
      response.end(method === 'HEAD' ? undefined : code === undefined ? content : error);
    }
  }

  #takeFault(method: string, key: string): S3Fault['is'] | undefined {
    const at = this.faults.findIndex((fault) => fault.method === method && (fault.key ?? key) === key);
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]?.is;
  }

  #answer(request: IncomingMessage, body: Buffer, { bucket, key, query, fault }: Ask): Answer {
    if (fault === 'silent' || fault === 'cut-before') return cut;
    if (fault === 'empty-page' || fault === 'no-token') return listing([], fault === 'no-token' ? '' : afterIn(query));
    if (fault !== undefined && fault !== 'cut-after') return faultAnswers[fault];
    const signature = signatureFault(request, body, this.credentials);
    if (signature !== undefined) return { status: 403, code: signature };
    if (bucket !== this.bucket) return { status: 404, code: 'NoSuchBucket' };
    if (request.method !== 'PUT') return key === '' ? this.#list(query) : this.#get(key);
    const answer = this.#put(request, key, body);
    return fault === 'cut-after' ? cut : answer;
  }

  #put(request: IncomingMessage, key: string, body: Buffer): Answer {
    if (request.headers['if-none-match'] === '*') {
      if (this.#conditionalWrites === 'unknown') return { status: 501, code: 'NotImplemented' };
      const isRefused = this.#conditionalWrites === 'refuses' && this.objects.has(key);
      if (isRefused) return { status: 412, code: 'PreconditionFailed' };
    }
    // A bucket that locks its objects demands it.
    const isWhole = request.headers['content-md5'] === createHash('md5').update(body).digest('base64');
    if (!isWhole) return { status: 400, code: 'BadDigest' };
    this.objects.set(key, body);
    return { status: 200 };
  }

  #get(key: string): Answer {
    const content = this.objects.get(key);
    return content === undefined ? { status: 404, code: 'NoSuchKey' } : { status: 200, content };
  }

  #list(query: URLSearchParams): Answer {
    const after = afterIn(query);
    const keys = this.keys().filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
    const page = keys.slice(0, Math.min(this.#pageSize, Number(query.get('max-keys') ?? 1_000)));
    return listing(page, page.length < keys.length ? page.at(-1) : undefined);
  }
}

function afterIn(query: URLSearchParams): string {
  return query.get('continuation-token') ?? query.get('start-after') ?? '';
}

/** `next` where it goes on; empty for a store that does not say how. */
function listing(keys: readonly string[], next: string | undefined): Answer {
  const token = next === undefined || next === '' ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  const inside = `<IsTruncated>${next !== undefined}</IsTruncated>${token}${contents}`;
  return { status: 200, content: `<ListBucketResult>${inside}</ListBucketResult>` };
}
