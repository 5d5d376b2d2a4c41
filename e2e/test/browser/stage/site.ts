import { randomBytes, randomUUID } from 'node:crypto';
import type { PostedFault } from '../../../src/world/fake.ts';
import { World } from '../../../src/world/world.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** What the stand-in refuses while it is told to. */
const badPrefix = 'unknown-session-';

interface Ask {
  consumer?: string;
  reason?: string;
  requestedBy?: string;
  priority?: 'high' | 'normal' | 'low';
  /** ISO 8601. */
  deadline?: string;
  /** Of deletions. */
  requireApproval?: boolean;
}

/** Somebody who signs in. */
export interface Person {
  name: string;
  password: string;
}

/** The built system with a dashboard, all on loopback, and what services ask of it. */
export class Site {
  readonly world: World;
  readonly url: string;
  /** May change things, and may look. */
  readonly admin: Person;
  readonly viewer: Person;
  readonly #receiver: Receiver;

  static async start(seed: string): Promise<Site> {
    const receiver = await startReceiver();
    const world = await World.start(
      {
        seed,
        consumers: 2,
        workers: 2,
        verification: { afterSeconds: 1, forSeconds: 600 },
        // Slow enough to be watched.
        quotas: { deletion: { calls: 2, windowMs: 1_000 }, resubmission: { calls: 2, windowMs: 1_000 } },
        appEnv: {
          WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
          WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
        },
      },
      () => undefined,
    );
    const { port, users } = await world.addDashboard();
    const [admin, viewer] = users;
    if (admin === undefined || viewer === undefined) throw new Error('the dashboard of a world has two users');
    return new Site({ world, receiver, url: `http://127.0.0.1:${port}`, admin, viewer });
  }

  private constructor(parts: {
    world: World;
    receiver: Receiver;
    url: string;
    admin: Person;
    viewer: Person;
  }) {
    this.world = parts.world;
    this.url = parts.url;
    this.admin = parts.admin;
    this.viewer = parts.viewer;
    this.#receiver = parts.receiver;
  }

  /** Asks for sessions to be deleted, so many of which Learnosity refuses; answers with the request's id. */
  async deleteSessions(sessions: number, ask: Ask = {}, bad = 0): Promise<string> {
    const sessionIds = Array.from({ length: sessions }, (_, n) => `${n < bad ? badPrefix : ''}${randomUUID()}`);
    return await this.#ask('deletions', { ...ask, sessionIds });
  }

  /** Asks for submissions to be sent again. */
  async resubmit(submissions: number, ask: Ask = {}): Promise<string> {
    const texts = Array.from({ length: submissions }, () => randomBytes(60).toString('base64'));
    return await this.#ask('resubmissions', { ...ask, submissions: texts });
  }

  /** Waits for the end of a request; answers with its state. */
  async ended(id: string): Promise<string | undefined> {
    const state = async () => (await this.world.client.getRequest(id))?.state;
    const ends = new Set(['completed', 'failed', 'cancelled']);
    await this.world.until(`request ${id} has ended`, async () => ends.has((await state()) ?? ''), 60_000);
    return await state();
  }

  /** Whoever asked was told of the end. */
  async told(id: string): Promise<void> {
    await this.world.until('the receiver was told', () => this.#receiver.told.includes(id));
  }

  /** A batch that carried items of a request, and whose job BullMQ has. */
  async batchOf(request: string): Promise<string> {
    const { redisClient } = this.world;
    const batches = await redisClient.lrange(`session-queue:{default}:request:${request}:batches`, 0, 0);
    const [batch] = batches;
    if (batch === undefined) throw new Error(`no batch has items of ${request}`);
    return batch;
  }

  /** From now on Learnosity refuses the bad ones, until that is taken away. */
  async refuseSessions(): Promise<PostedFault> {
    const match = { endpoint: 'deletion' } as const;
    return await this.world.fake.script({ fault: 'badItems', prefix: badPrefix, naming: 'none', match });
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await this.#receiver.stop();
  }

  async #ask(what: string, body: object): Promise<string> {
    const response = await fetch(`${this.world.producerUrl}/v1/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.world.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ callbackUrl: this.#receiver.url, requestedBy: 'lms', ...body }),
    });
    if (response.status !== 202) throw new Error(`the producer answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }
}
