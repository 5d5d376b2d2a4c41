import {
  type AnnouncedConsumer,
  type AnnouncementClash,
  type Announcements,
  announcementMs,
  type WorkerSettings,
  type WorkerSign,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';

export interface HeartOptions {
  announcements: Announcements;
  worker: string;
  consumers: readonly AnnouncedConsumer[];
  settings: WorkerSettings;
  sign: WorkerSign;
  logger: Logger;
}

/** Keeps a worker's announcement standing while it lives. */
export class Heart {
  readonly #options: HeartOptions;
  #timer: NodeJS.Timeout | undefined;
  #countedSince = 0;

  constructor(options: HeartOptions) {
    this.#options = options;
  }

  /** `Announcements.countedSince`, as of the last announcement. */
  get countedSince(): number {
    return this.#countedSince;
  }

  /** Announces; answers with the clash that forbids it. */
  async start(): Promise<AnnouncementClash | undefined> {
    const clash = await this.#beat();
    if (clash === undefined) this.#timer = setInterval(() => void this.#beatSafely(), announcementMs / 3);
    return clash;
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#options.announcements.withdraw(this.#options.worker, this.#options.consumers);
  }

  async #beat(): Promise<AnnouncementClash | undefined> {
    const { announcements, worker, consumers, settings, sign } = this.#options;
    const clash = await announcements.announce(worker, consumers, { settings, sign });
    this.#countedSince = await announcements.countedSince();
    return clash;
  }

  async #beatSafely(): Promise<void> {
    try {
      const clash = await this.#beat();
      if (clash !== undefined)
        this.#options.logger.error({ clash }, 'another worker has consumers that clash with these');
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the announcement of consumers could not be renewed');
    }
  }
}
