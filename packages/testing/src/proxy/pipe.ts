import type { Socket } from 'node:net';
import type { Direction } from './direction.ts';

interface Piece {
  bytes: Buffer;
  dueAt: number;
}

/** Data waiting in the proxy beyond this stops the reading, as a full network would. */
const maxWaitingBytes = 1024 * 1024;
/** A limited rate passes its bytes in so many portions a second. */
const portionsPerSecond = 20;

export interface PipeOptions {
  from: Socket;
  to: Socket;
  direction: Direction;
  /** Resets both ends of the connection. */
  cut: () => void;
}

/** Carries bytes one way with the faults of its direction. It ends by itself when its sockets close. */
export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #direction: Direction;
  readonly #cut: () => void;
  readonly #forgetChanges: () => void;
  readonly #pieces: Piece[] = [];
  #timer: NodeJS.Timeout | undefined;
  #waitingBytes = 0;
  #passedBytes = 0;
  #rateFreeAt = 0;
  #version: number;
  #sourceEnded = false;
  #isOver = false;

  constructor({ from, to, direction, cut }: PipeOptions) {
    this.#from = from;
    this.#to = to;
    this.#direction = direction;
    this.#cut = cut;
    this.#version = direction.version;
    this.#forgetChanges = direction.onChange(() => this.#pump());
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => {
      this.#sourceEnded = true;
      this.#pump();
    });
    to.on('drain', () => this.#pump());
    to.on('close', () => this.#finish());
  }

  /** Whatever comes from now on is read and dropped; its sender hears nothing of that, and no end. */
  swallow(): void {
    this.#finish();
    this.#from.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#isOver) return;
    if (bytes.length > (this.#direction.faults.largestPieceBytes ?? Number.POSITIVE_INFINITY)) {
      this.swallow();
      return;
    }
    const notBefore = this.#pieces.at(-1)?.dueAt ?? 0;
    this.#pieces.push({ bytes, dueAt: Math.max(notBefore, Date.now() + this.#direction.delayMs()) });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > maxWaitingBytes) this.#from.pause();
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    this.#startCountingAnew();
    while (!this.#isOver && !this.#direction.faults.hold && !this.#to.writableNeedDrain) {
      const piece = this.#pieces[0];
      if (piece === undefined) {
        if (this.#sourceEnded) this.#endInOrder();
        return;
      }
      const waitMs = Math.max(piece.dueAt, this.#rateFreeAt) - Date.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      this.#pass(piece);
    }
  }

  #startCountingAnew(): void {
    if (this.#version === this.#direction.version) return;
    this.#version = this.#direction.version;
    this.#passedBytes = 0;
    this.#rateFreeAt = 0;
  }

  #pass(piece: Piece): void {
    const limit = this.#direction.limit(this.#passedBytes);
    if (limit?.bytes === 0) {
      this.#direction.spend();
      if (limit.how === 'truncate') this.#endInOrder();
      else this.#reset();
      return;
    }
    const rate = this.#direction.faults.bytesPerSecond;
    const portion = rate === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(rate / portionsPerSecond));
    const bytes = piece.bytes.subarray(0, Math.min(limit?.bytes ?? portion, portion, piece.bytes.length));
    piece.bytes = piece.bytes.subarray(bytes.length);
    if (piece.bytes.length === 0) this.#pieces.shift();
    this.#waitingBytes -= bytes.length;
    this.#passedBytes += bytes.length;
    if (rate !== undefined) this.#rateFreeAt = Date.now() + (bytes.length * 1_000) / rate;
    this.#to.write(bytes);
    if (this.#waitingBytes <= maxWaitingBytes && this.#from.isPaused()) this.#from.resume();
  }

  /** A reset throws away what the sockets still hold, and what was allowed to pass has to arrive first. */
  #reset(): void {
    this.#finish();
    this.#to.write('', () => this.#cut());
  }

  #endInOrder(): void {
    this.#finish();
    this.#to.end();
    // The rest is read and dropped.
    this.#from.resume();
  }

  #finish(): void {
    this.#isOver = true;
    this.#pieces.length = 0;
    this.#waitingBytes = 0;
    clearTimeout(this.#timer);
    this.#forgetChanges();
  }
}
