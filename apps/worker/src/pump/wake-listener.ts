import { wakeChannel } from '@session-queue/core/engine';
import type { Cluster, Redis } from 'ioredis';

/** What has something to do. */
const wakeable = [
  'deletion',
  'resubmission',
  /** The walks of selections. */
  'selection',
  /** Legal holds that are to be resolved. */
  'legal-hold',
  /** The rules. */
  'rule',
  /** Looks for what is to be deleted. */
  'look',
  /** The journals of evidence. */
  'evidence',
] as const;
export type Woken = (typeof wakeable)[number];

/** Hears when a lane has something to claim. Messages may be lost: pumps look by themselves now and then. */
export class WakeListener {
  readonly #connection: Redis | Cluster;
  readonly #channel: string;
  readonly #onWake: (what: Woken, consumer: string) => void;

  /** `connection` is used for nothing else: a connection that subscribes can do no more. */
  constructor(connection: Redis | Cluster, prefix: string, onWake: (what: Woken, consumer: string) => void) {
    this.#connection = connection;
    this.#channel = wakeChannel(prefix);
    this.#onWake = onWake;
  }

  async start(): Promise<void> {
    this.#connection.on('message', (_channel: string, message: string) => {
      const [what = '', consumer = ''] = message.split(' ');
      if (isWoken(what)) this.#onWake(what, consumer);
    });
    await this.#connection.subscribe(this.#channel);
  }

  stop(): void {
    this.#connection.disconnect();
  }
}

function isWoken(what: string): what is Woken {
  return wakeable.some((one) => one === what);
}
