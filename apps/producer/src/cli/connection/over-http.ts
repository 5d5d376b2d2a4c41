import { HttpSessionQueue } from '@session-queue/core/client';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { CliEnvironment } from './environment.ts';
import type { Connection, ConnectionOptions } from './session.ts';

const defaultUrl = 'http://127.0.0.1:3010';

/** Through the producer's HTTP API. */
export function openHttp(options: ConnectionOptions, environment: CliEnvironment): Connection {
  const url = parseUrl(options.url ?? (environment.SESSION_QUEUE_URL || defaultUrl));
  const token = options.token ?? (environment.SESSION_QUEUE_TOKEN || undefined);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new CommandFailure(exitCodes.usage, 'The API token holds spaces or characters that no token has.');
  }
  let replayed = false;
  const onReplayed = (): void => {
    replayed = true;
  };
  return {
    // Commands have patience of their own, which a person is told of.
    queue: new HttpSessionQueue({ url, token, patienceMs: 0, onReplayed }),
    way: { is: 'http', url, token },
    // Only the producer knows the requests of a key.
    standing: async () => false,
    wasReplayed: () => replayed,
    ready: async () => undefined,
    close: async () => undefined,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new CommandFailure(exitCodes.usage, 'The address of the producer must be an http or https URL (--url).');
}
