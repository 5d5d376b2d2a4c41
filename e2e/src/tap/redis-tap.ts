import type { Moment, Points } from './points.ts';
import { isError, isPush, RespFramer, wordsOf } from './resp.ts';
import type { ScriptNames } from './script-names.ts';
import type { StepsSeen } from './steps-seen.ts';
import { type Conversation, type Link, TapServer } from './tap-server.ts';
import type { PortPair } from './who-connected.ts';

/** A job reference that Redis took (record-reference answered 1), whether or not the worker heard so. */
export interface RecordedReference {
  reference: string;
  /** Epoch ms. */
  at: number;
}

export interface RedisTapOptions {
  targetPort: number;
  /** The process behind it, or behind a connection where several share the tap. */
  who: string | ((ports: PortPair) => string);
  points: Points;
  names: ScriptNames;
  steps: StepsSeen;
  onRecorded: (recorded: RecordedReference) => void;
}

/** Reads along between a process and Redis: knows each command's step, and holds or cuts where a point is waited for. */
export async function startRedisTap(options: RedisTapOptions): Promise<TapServer> {
  return await TapServer.start(options.targetPort, (link) => new RedisConversation(link, options));
}

interface Asked {
  step: string;
  /** As `StepsSeen` knows it. */
  noted: string;
  moment: Moment;
}

/** From one of these on answers no longer belong to commands one by one. */
const opaqueCommands = new Set(['subscribe', 'psubscribe', 'ssubscribe', 'monitor', 'psync']);

class RedisConversation implements Conversation {
  readonly #link: Link;
  readonly #options: RedisTapOptions;
  readonly #who: string;
  readonly #commands = new RespFramer();
  readonly #replies = new RespFramer();
  readonly #asked: Asked[] = [];
  #isOpaque = false;
  #isOver = false;
  #sending: Promise<void> = Promise.resolve();
  #answering: Promise<void> = Promise.resolve();

  constructor(link: Link, options: RedisTapOptions) {
    this.#link = link;
    this.#options = options;
    this.#who = typeof options.who === 'string' ? options.who : options.who(link.ports);
  }

  fromClient(bytes: Buffer): void {
    this.#sending = this.#sending.then(() => this.#send(bytes));
  }

  fromTarget(bytes: Buffer): void {
    this.#answering = this.#answering.then(() => this.#answer(bytes));
  }

  closed(): void {
    this.#isOver = true;
    for (const { noted } of this.#asked.splice(0)) this.#options.steps.ended(this.#who, noted);
  }

  async #send(bytes: Buffer): Promise<void> {
    if (this.#isOpaque) return this.#link.toTarget(bytes);
    for (const command of this.#commands.push(bytes)) {
      const words = wordsOf(command);
      const step = this.#stepOf(words);
      const moment: Moment = { who: this.#who, words };
      if ((await this.#options.points.pass(step, 'before', moment)) === 'cut') this.#cut();
      if (this.#isOver) return;
      if (opaqueCommands.has(step)) this.#isOpaque = true;
      // BullMQ's workers wait for work in this one, each at the marker of its queue.
      const noted = step === 'bzpopmin' ? `${step} ${words[1]?.toString('latin1')}` : step;
      this.#asked.push({ step, noted, moment });
      this.#options.steps.began(this.#who, noted);
      this.#link.toTarget(command);
    }
    if (this.#isOpaque) this.#link.toTarget(this.#commands.drain());
  }

  async #answer(bytes: Buffer): Promise<void> {
    if (this.#isOpaque) return this.#link.toClient(Buffer.concat([this.#replies.drain(), bytes]));
    for (const reply of this.#replies.push(bytes)) {
      const asked = isPush(reply) ? undefined : this.#asked.shift();
      if (asked !== undefined) this.#options.steps.ended(this.#who, asked.noted);
      if (asked !== undefined && !isError(reply)) {
        this.#noteReference(asked, reply);
        if ((await this.#options.points.pass(asked.step, 'after', asked.moment)) === 'cut') this.#cut();
      }
      if (this.#isOver) return;
      this.#link.toClient(reply);
    }
  }

  #cut(): void {
    this.#isOver = true;
    this.#link.cut();
  }

  #stepOf(words: readonly Buffer[]): string {
    const command = words[0]?.toString('latin1').toLowerCase() ?? '';
    const operand = words[1];
    if (operand === undefined) return command;
    if (command === 'evalsha') return this.#options.names.find(operand.toString('latin1')) ?? command;
    if (command === 'eval') return this.#options.names.learn(operand) ?? command;
    return command;
  }

  /** The words of record-reference: evalsha, sha, 1, base, batch, attempt, slot, reference, ...; of attach with a look as the slot. */
  #noteReference({ step, moment }: Asked, reply: Buffer): void {
    if ((step !== 'record-reference' && step !== 'attach') || reply.toString('latin1') !== ':1\r\n') return;
    const reference = moment.words[7]?.toString('latin1');
    if (reference !== undefined) this.#options.onRecorded({ reference, at: Date.now() });
  }
}
