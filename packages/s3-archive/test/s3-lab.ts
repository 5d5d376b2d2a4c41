import type { OpenArchive } from '@session-queue/core/evidence';
import { S3Server, type S3ServerOptions } from '@session-queue/testing';
import type { ArchivePlace } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { openS3Archives } from '../src/open-s3-archives.ts';
import type { S3Archives } from '../src/s3-archives.ts';

const consumer = 'north';
const folder = `journals/${consumer}/`;

/** A store, and the archives that were opened there. */
export class S3Lab implements ArchivePlace {
  readonly server: S3Server;
  readonly #clients: S3Archives[] = [];
  #archives: S3Archives | undefined;

  static async start(options: S3ServerOptions = {}): Promise<S3Lab> {
    return new S3Lab(await S3Server.start(options));
  }

  private constructor(server: S3Server) {
    this.server = server;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.stop();
    await this.server.stop();
  }

  /** A client of its own, as another process has one. */
  async client(options: { secret?: string; bucket?: string; requestMs?: number } = {}): Promise<S3Archives> {
    const { accessKeyId, secretAccessKey } = this.server.credentials;
    const { secret = secretAccessKey, bucket = this.server.bucket, requestMs } = options;
    const client = await openS3Archives({
      place: { bucket, prefix: 'journals/' },
      settings: {
        EVIDENCE_S3_ENDPOINT: this.server.endpoint,
        EVIDENCE_S3_ACCESS_KEY_ID: accessKeyId,
        EVIDENCE_S3_SECRET_ACCESS_KEY: secret,
      },
      ...(requestMs !== undefined && { requestMs }),
    });
    this.#clients.push(client);
    return client;
  }

  async open(maxObjectBytes?: number): Promise<OpenArchive> {
    this.#archives ??= await this.client();
    return await this.#archives.open(consumer, 0, maxObjectBytes === undefined ? {} : { maxObjectBytes });
  }

  async parts(): Promise<string[]> {
    const keys = this.server.keys().filter((key) => key.startsWith(folder));
    return await Promise.resolve(keys.map((key) => key.slice(folder.length)));
  }

  async read(part: string): Promise<Buffer> {
    return await Promise.resolve(this.server.objects.get(`${folder}${part}`) ?? Buffer.alloc(0));
  }

  async replace(part: string, content: Buffer | string | undefined): Promise<void> {
    if (content === undefined) this.server.objects.delete(`${folder}${part}`);
    else this.server.objects.set(`${folder}${part}`, Buffer.from(content));
    await Promise.resolve();
  }

  async *lines(): AsyncGenerator<string> {
    this.#archives ??= await this.client();
    yield* this.#archives.lines(consumer);
  }

  /** How often the store was asked since the last time this was. */
  asked(): number {
    return this.server.calls.splice(0).length;
  }
}
