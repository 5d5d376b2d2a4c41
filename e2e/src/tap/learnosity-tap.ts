import { z } from 'zod';
import { type HttpRequest, HttpRequestFramer, wholeBody } from './http.ts';
import type { Moment, Points } from './points.ts';
import { type Conversation, type Link, TapServer } from './tap-server.ts';
import type { PortPair } from './who-connected.ts';

/** One call as it went by. Times are epoch ms. */
export interface SeenCall {
  endpoint: 'deletion' | 'resubmission' | 'jobs' | 'other';
  /** The process that made it, where that could still be told. */
  who: string;
  consumerKey: string;
  /** Session ids or submissions; the job references that a poll asks for. */
  items: readonly string[];
  /** When all of it was here and was passed on. */
  sentAt: number;
  /** The job reference of its answer, whether or not the caller heard it. */
  reference: string | undefined;
  /** The HTTP status of its answer, once it came. */
  status: number | undefined;
}

export interface LearnosityTapOptions {
  targetPort: number;
  points: Points;
  /** The process behind a connection. */
  who: (ports: PortPair) => string;
  onCall: (call: SeenCall) => void;
}

/** Reads along between the workers and Learnosity: knows each call and its items, and holds or cuts where a point is waited for. */
export async function startLearnosityTap(options: LearnosityTapOptions): Promise<TapServer> {
  return await TapServer.start(options.targetPort, (link) => new LearnosityConversation(link, options));
}

const longestNoted = 64 * 1024;

class LearnosityConversation implements Conversation {
  readonly #link: Link;
  readonly #options: LearnosityTapOptions;
  readonly #who: string;
  readonly #requests = new HttpRequestFramer();
  #call: SeenCall | undefined;
  #answer: Buffer = Buffer.alloc(0);
  #isOver = false;
  #sending: Promise<void> = Promise.resolve();
  #answering: Promise<void> = Promise.resolve();

  constructor(link: Link, options: LearnosityTapOptions) {
    this.#link = link;
    this.#options = options;
    this.#who = options.who(link.ports);
  }

  fromClient(bytes: Buffer): void {
    this.#sending = this.#sending.then(() => this.#send(bytes));
  }

  fromTarget(bytes: Buffer): void {
    this.#answering = this.#answering.then(() => this.#reply(bytes));
  }

  closed(): void {
    this.#isOver = true;
  }

  async #send(bytes: Buffer): Promise<void> {
    for (const request of this.#requests.push(bytes)) {
      const call = readCall(request, this.#who);
      if ((await this.#options.points.pass(`call ${call.endpoint}`, 'before', this.#moment())) === 'cut') this.#cut();
      if (this.#isOver) return;
      this.#call = call;
      this.#answer = Buffer.alloc(0);
      call.sentAt = Date.now();
      this.#options.onCall(call);
      this.#link.toTarget(request.bytes);
    }
  }

  /** The first byte of an answer says that the call has been judged: from here on it has had its effect. */
  async #reply(bytes: Buffer): Promise<void> {
    const call = this.#call;
    const isFirst = this.#answer.length === 0;
    if (call !== undefined && this.#answer.length < longestNoted) {
      this.#answer = Buffer.concat([this.#answer, bytes]);
      call.reference ??= referenceIn(this.#answer);
      call.status ??= statusIn(this.#answer);
    }
    if (call !== undefined && isFirst) {
      if ((await this.#options.points.pass(`call ${call.endpoint}`, 'after', this.#moment())) === 'cut') this.#cut();
    }
    if (!this.#isOver) this.#link.toClient(bytes);
  }

  #moment(): Moment {
    return { who: this.#who, words: [] };
  }

  #cut(): void {
    this.#isOver = true;
    this.#link.cut();
  }
}

const securitySchema = z.object({ consumer_key: z.string() });
const texts = z.array(z.string()).optional();
const requestSchema = z.object({ session_ids: texts, data: texts, references: texts });
const reference = z.object({ job_reference: z.string() });
const answerSchema = z.object({ data: z.union([reference, z.array(reference).min(1)]) });

function readCall({ path, body }: HttpRequest, who: string): SeenCall {
  const form = new URLSearchParams(body.toString('latin1'));
  const action = form.get('action');
  const security = securitySchema.safeParse(parseJson(form.get('security') ?? '')).data;
  const asked = requestSchema.safeParse(parseJson(form.get('request') ?? '')).data;
  const endpoint = path.endsWith('/jobs')
    ? 'jobs'
    : !path.endsWith('/sessions')
      ? 'other'
      : action === 'delete'
        ? 'deletion'
        : 'resubmission';
  const items = asked?.session_ids ?? asked?.data ?? asked?.references ?? [];
  return {
    endpoint,
    who,
    consumerKey: security?.consumer_key ?? '',
    items,
    sentAt: 0,
    reference: undefined,
    status: undefined,
  };
}

function referenceIn(answer: Buffer): string | undefined {
  const body = wholeBody(answer);
  const data = body && answerSchema.safeParse(parseJson(body.toString('utf8'))).data?.data;
  return Array.isArray(data) ? data[0]?.job_reference : data?.job_reference;
}

function statusIn(answer: Buffer): number | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1', 0, 12))?.[1];
  return status === undefined ? undefined : Number(status);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
