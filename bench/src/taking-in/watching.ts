import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { NodeProcess } from '../lab/node-process.ts';

const script = fileURLToPath(new URL('./watch.js', import.meta.url));
const sightSchema = z.object({
  pings: z.number(),
  /** Answers to pings, in ms. */
  longestMs: z.number(),
  p999Ms: z.number(),
  /** The longest that the pinging process itself was held up, ms: on a busy machine that is a part of the longest answer. */
  ownDelayMs: z.number(),
  /** The most memory that Redis used. */
  peakBytes: z.number(),
});
export type Sight = z.infer<typeof sightSchema>;

/** Watches a Redis from a process of its own until `end`, which says what was seen; `stop` is safe at any time. */
export async function startWatch(redisUrl: string): Promise<{ end(): Promise<Sight>; stop(): Promise<void> }> {
  const watch = new NodeProcess('the watch', script, ['--redis', redisUrl]);
  await watch.says('ready');
  return {
    end: async () => {
      await watch.stop('SIGTERM');
      return sightSchema.parse(JSON.parse(await watch.finished()));
    },
    stop: () => watch.stop('SIGKILL'),
  };
}
