import { type Command, Option } from 'commander';
import { z } from 'zod';
import { ApiClient } from './api/api-client.ts';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { type Terminal, tell } from './terminal.ts';

/** What the command line takes from the environment. */
export interface CliEnvironment {
  SESSION_QUEUE_URL?: string | undefined;
  SESSION_QUEUE_TOKEN?: string | undefined;
}

const defaultUrl = 'http://127.0.0.1:3010';

const optionsSchema = z.object({
  url: z.string().optional(),
  token: z.string().optional(),
  json: z.boolean().optional(),
});

/** Adds the options that every command has. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', `address of the producer (SESSION_QUEUE_URL; else ${defaultUrl})`))
    .addOption(new Option('--token <token>', 'API token (better in SESSION_QUEUE_TOKEN: other users see arguments)'))
    .option('--json', 'print JSON for programs');
}

/** What a command works with. */
export interface Session {
  api: ApiClient;
  terminal: Terminal;
  url: URL;
  json: boolean;
}

export function openSession(options: unknown, environment: CliEnvironment, terminal: Terminal): Session {
  const { url: text, token, json } = optionsSchema.parse(options);
  const url = parseUrl(text ?? (environment.SESSION_QUEUE_URL || defaultUrl));
  const usedToken = token ?? (environment.SESSION_QUEUE_TOKEN || undefined);
  if (usedToken !== undefined && !/^[\x21-\x7e]+$/.test(usedToken)) {
    throw new CommandFailure(exitCodes.usage, 'The API token holds spaces or characters that no token has.');
  }
  const api = new ApiClient({
    url,
    ...(usedToken === undefined ? {} : { token: usedToken }),
    pause: terminal.pause,
    onRetry: (reason, seconds) => tell(terminal, `${reason}\nTrying again in ${seconds} s.`),
  });
  return { api, terminal, url, json: json === true };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new CommandFailure(exitCodes.usage, 'The address of the producer must be an http or https URL (--url).');
}
