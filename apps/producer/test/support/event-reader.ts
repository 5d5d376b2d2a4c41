/** One event, or a comment, of a stream of server-sent events. */
export interface StreamEvent {
  event?: string;
  id?: string;
  data?: string;
  retry?: string;
  comment?: string;
}

/** Reads server-sent events one by one. */
export interface EventReader {
  readonly response: Response;
  /** The next event; `undefined` once the server has closed the stream. */
  next(): Promise<StreamEvent | undefined>;
  /** The next of this name. */
  nextOf(event: string): Promise<StreamEvent>;
  /** The next comment of this text. */
  nextComment(comment: string): Promise<StreamEvent>;
  /** All that is left. */
  rest(): Promise<StreamEvent[]>;
  /** Goes away. */
  leave(): Promise<void>;
}

export async function readEvents(url: string, init: RequestInit = {}): Promise<EventReader> {
  const gone = new AbortController();
  const response = await fetch(url, { ...init, signal: gone.signal });
  const body = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<StreamEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return parseBlock(block);
      }
      const piece = await body?.read();
      if (piece === undefined || piece.done) return undefined;
      text += piece.value;
    }
  };
  const until = async (fits: (one: StreamEvent) => boolean, what: string): Promise<StreamEvent> => {
    for (;;) {
      const one = await next();
      if (one === undefined) throw new Error(`the stream ended without ${what}`);
      if (fits(one)) return one;
    }
  };
  return {
    response,
    next,
    nextOf: async (event) => await until((one) => one.event === event, event),
    nextComment: async (comment) => await until((one) => one.comment === comment, comment),
    rest: async () => {
      const all: StreamEvent[] = [];
      for (let one = await next(); one !== undefined; one = await next()) all.push(one);
      return all;
    },
    leave: async () => {
      await body?.cancel();
      gone.abort();
    },
  };
}

function parseBlock(block: string): StreamEvent {
  const fields = block.split('\n').map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon) || 'comment', line.slice(colon + 2)];
  });
  return Object.fromEntries(fields);
}
