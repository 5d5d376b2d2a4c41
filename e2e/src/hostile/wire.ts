import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: string;
  /** All that came, also what came behind the answer. */
  whole: string;
  /** Its body is shorter than it says. */
  isCut: boolean;
}

/** The connection was closed without a word, or nothing came in time. */
export type NoAnswer = 'closed' | 'silent';

const patienceMs = 15_000;
/** After so long without an answer a server that waits for more of a request learns that there is none. */
const halfCloseMs = 400;

/**
 * Sends bytes on a connection of their own and waits for the answer. With `half` our half is closed when none comes: earlier,
 * the client would be taken for gone.
 */
export async function exchange(port: number, bytes: Buffer, half: boolean): Promise<Answer | NoAnswer> {
  const received: Buffer[] = [];
  const isComplete = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const timer = setTimeout(() => end(false), patienceMs);
    const halfTimer = setTimeout(() => half && socket.end(), halfCloseMs);
    function end(isOver: boolean): void {
      clearTimeout(timer);
      clearTimeout(halfTimer);
      socket.destroy();
      resolve(isOver);
    }
    socket.on('data', (data) => {
      received.push(data);
      if (isFollowed(received)) end(true);
    });
    // A server that refuses need not read all: it may reset the connection, behind its answer.
    socket.on('error', () => end(true));
    socket.on('end', () => end(true));
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
  const whole = Buffer.concat(received).toString('utf8');
  return parseAnswer(whole) ?? (isComplete ? 'closed' : 'silent');
}

/** Of a stream of events the first is enough: it may not end for a long time. */
function isFollowed(received: readonly Buffer[]): boolean {
  const isStream = /\r\ncontent-type: text\/event-stream/i.test(received[0]?.toString('latin1') ?? '');
  return isStream && Buffer.concat(received).includes('\nevent: ');
}

function parseAnswer(whole: string): Answer | undefined {
  const text = whole.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const headEnd = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  if (headEnd < 0 || status === undefined) return undefined;
  const [, ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = text.slice(headEnd + 4);
  const length = headers.get('content-length');
  const bytes = Buffer.from(rest);
  const body = length === undefined ? rest : bytes.subarray(0, Number(length)).toString('utf8');
  const isCut = length !== undefined && bytes.length < Number(length);
  return { status: Number(status), headers, body, whole, isCut };
}
