// Peer (d): the same script behind an in-memory limiter (bottleneck, a reservoir of 5 refilled every 5 s), calls in parallel.
import Bottleneck from 'bottleneck';
import { sessionIds } from '../lab/session-ids.ts';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const { fake, key, items, seconds } = peerSettings();
const api = new DataApi(fake, key);
const limiter = new Bottleneck({ reservoir: 5, reservoirRefreshAmount: 5, reservoirRefreshInterval: 5_000 });
const all = [...sessionIds(items, 0xd0)];
console.log('ready');
setTimeout(() => process.exit(0), seconds * 1_000);

async function send(ids: string[]): Promise<void> {
  for (;;) {
    try {
      await limiter.schedule(() => api.deleteSessions(ids));
      return;
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

const chunks = Array.from({ length: Math.ceil(all.length / 50) }, (_, i) => all.slice(i * 50, i * 50 + 50));
await Promise.all(chunks.map(send));
