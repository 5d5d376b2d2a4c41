import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { NodeProcess } from '../lab/node-process.ts';

const script = fileURLToPath(new URL('../../../apps/producer/dist/main.js', import.meta.url));
const listeningSchema = z.object({ port: z.number() });

/** Starts a producer on a free port; whoever starts it ends it. */
export async function startProducer(redisUrl: string): Promise<{ process: NodeProcess; url: string }> {
  // As its package.json starts it.
  const flags = { NODE_OPTIONS: '--max-semi-space-size=8' };
  const env = { REDIS_URL: redisUrl, PRODUCER_PORT: '0', LOG_LEVEL: 'info', ...flags };
  const process = new NodeProcess('the producer', script, [], env);
  try {
    const { port } = listeningSchema.parse(JSON.parse(await process.says('"listening"')));
    const url = `http://127.0.0.1:${port}`;
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
    return { process, url };
  } catch (error) {
    await process.stop('SIGKILL');
    throw error;
  }
}
