import type { Writable } from 'node:stream';

/** As ioredis's client: its stream is there once it is connected, and another one after each reconnect. */
export interface Connecting {
  readonly stream: Writable;
  on(event: 'connect', listener: () => void): unknown;
}

/**
 * Lets all commands of one turn of the event loop leave in one write: a write is a call into the kernel, which costs more than
 * making the command. For connections on which the commands of many callers meet, such as a producer's.
 */
export function writeTogether(connection: Connecting): void {
  connection.on('connect', () => corkTurns(connection.stream));
}

function corkTurns(stream: Writable): void {
  const write = stream.write.bind(stream);
  let isCorked = false;
  const writeCorked = (...given: Parameters<typeof write>): boolean => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(() => {
        isCorked = false;
        stream.uncork();
      });
    }
    return write(...given);
  };
  Reflect.set(stream, 'write', writeCorked);
}
