/** What a part of the worker shows of itself. Moments are on `performance.now()`'s clock. */
export class LifeSign {
  /** What logs and `/healthz` call the part. */
  readonly part: string;
  #silentSince: number | undefined;
  #ended = false;

  constructor(part: string) {
    this.part = part;
  }

  /** It is at work, and will show so again. */
  show(): void {
    this.#silentSince = performance.now();
  }

  /** It sleeps by its own choice: no sign is waited for. */
  rest(): void {
    this.#silentSince = undefined;
  }

  /** It has ended although nobody told it to, and will not come back. */
  end(): void {
    this.#ended = true;
  }

  /** When it last showed itself; `undefined` while no sign is waited for. */
  get silentSince(): number | undefined {
    return this.#silentSince;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }
}
