import type { RequestView, SessionQueue } from '@session-queue/core';
import type { Response } from 'express';
import { Problem } from '../problems/problem.ts';
import { defaultSilenceMs } from '../server/deadline.ts';
import { EventStream } from './event-stream.ts';
import { type End, type Reading, RequestWatch, readingOf } from './request-watch.ts';

const retryAfterSeconds = 30;

export interface RequestEventsOptions {
  queue: SessionQueue;
  /** How long Redis may be silent before a stream says so (4,000 ms). */
  silenceMs?: number;
  /** How often a request is looked at, however many watch it (1,000 ms). */
  everyMs?: number;
  /** How often a stream on which nothing happens says that it is there (15,000 ms). */
  beatMs?: number;
  /** How long a stream lasts (300,000 ms): its client connects again, and has to have a token then that may still read. */
  lastMs?: number;
  /** Streams at once (1,000). */
  maxStreams?: number;
}

/** The streams of progress that are open, and one watch for each request that they are about. */
export class RequestEvents {
  readonly #options: Required<RequestEventsOptions>;
  readonly #watches = new Map<string, RequestWatch>();
  readonly #streams = new Set<EventStream>();
  #isStopped = false;

  constructor(options: RequestEventsOptions) {
    const times = { silenceMs: defaultSilenceMs, everyMs: 1_000, beatMs: 15_000, lastMs: 300_000 };
    this.#options = { ...times, maxStreams: 1_000, ...options };
  }

  /** Answers with the request as it is and then with each change, until its end or for 5 minutes; throws a 503 when there are too many. */
  open(response: Response, view: RequestView): void {
    if (this.#isStopped || this.#streams.size >= this.#options.maxStreams) {
      throw new Problem('busy', 'Too many follow requests here just now.', { retryAfterSeconds });
    }
    const { id } = view;
    const stream = new EventStream(response, this.#options.beatMs);
    const hear = listenerOf(stream);
    const watch = this.#watches.get(id) ?? new RequestWatch(id, this.#options);
    this.#watches.set(id, watch);
    this.#streams.add(stream);
    watch.listen(hear);
    const last = setTimeout(() => stream.end(), this.#options.lastMs);
    response.once('close', () => {
      clearTimeout(last);
      watch.leave(hear);
      if (!watch.isHeard && this.#watches.get(id) === watch) this.#watches.delete(id);
      this.#streams.delete(stream);
    });
    hear(readingOf(view));
  }

  /** Ends every stream, without an `end` event: clients connect again, elsewhere. Safe twice. */
  stop(): void {
    this.#isStopped = true;
    for (const stream of this.#streams) stream.end();
  }
}

/** Tells what is new in each reading. */
function listenerOf(stream: EventStream): (reading: Reading) => void {
  let known: string | undefined;
  let isAway = false;
  let isOver = false;
  const finish = (why: End, request?: string): void => {
    isOver = true;
    stream.send('end', `{"why":"${why}"${request === undefined ? '' : `,"request":${request}`}}`);
    stream.end();
  };
  return (reading) => {
    if (isOver) return;
    if (reading.is === 'gone') return finish('aged-out');
    if (reading.is === 'away') {
      if (!isAway) stream.comment('redis is away');
      isAway = true;
      return;
    }
    isAway = false;
    const { request, end } = reading;
    if (request !== known) stream.send('progress', request);
    known = request;
    if (end !== undefined) finish(end, request);
  };
}
