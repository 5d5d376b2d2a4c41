import { parseArgs } from 'node:util';
import { kindSchema } from '@session-queue/core';
import { z } from 'zod';

const schema = z.object({
  redis: z.string(),
  /** Address of the Data API. */
  api: z.string(),
  key: z.string(),
  kind: kindSchema,
  /** More than can be sent in the time. */
  items: z.coerce.number().int(),
  seconds: z.coerce.number(),
  /** So much longer than the window a peer spaces the calls that fill it, ms; for peers that space theirs. */
  margin: z.coerce.number(),
});
export type PeerSettings = z.infer<typeof schema>;

const text = { type: 'string' } as const;
const options = { redis: text, api: text, key: text, kind: text, items: text, seconds: text, margin: text };

/** What every peer is told on its command line. */
export const peerSettings = (): PeerSettings => schema.parse(parseArgs({ options }).values);

/** The words of a command line that `peerSettings` reads. */
export const toldTo = (settings: PeerSettings): string[] =>
  Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
