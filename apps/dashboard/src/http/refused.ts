export interface RefusedOptions extends ErrorOptions {
  /** Of the page that says so; told by the status when absent. */
  title?: string;
  /** Where to look instead; the overview when absent. */
  way?: { path: string; words: string };
}

/** A request that is answered with this status and this sentence, which anybody may read. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly title: string | undefined;
  readonly way: RefusedOptions['way'];

  constructor(status: number, message: string, { title, way, ...options }: RefusedOptions = {}) {
    super(message, options);
    this.status = status;
    this.title = title;
    this.way = way;
  }
}
