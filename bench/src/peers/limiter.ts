// Peer (d): the same script behind an in-memory limiter (bottleneck), calls in parallel. Evenly spaced, its readme's first advice: a
// reservoir of 5 refilled every 5 s lets ten calls arrive in some 5 s, and came to 0.67 of the quota where this came to 0.89. With a
// margin it spaces them as somebody would who has tuned it to the jitter of the network.
import Bottleneck from 'bottleneck';
import { itemsOf } from '../lab/items.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const settings = peerSettings();
const api = new DataApi(settings);
const { calls, windowMs } = learnosityQuotas[settings.kind];
const limiter = new Bottleneck({ minTime: (windowMs + settings.margin) / calls });
const all = [...itemsOf(settings.kind, settings.items, 0xd0)];
// The first call of a process takes tens of milliseconds more: no jitter of the network, and no reason for a 429.
await api.completed(['none']);
console.log('ready');
setTimeout(() => process.exit(0), settings.seconds * 1_000);

async function send(items: string[]): Promise<void> {
  for (;;) {
    try {
      await limiter.schedule(() => api.send(items));
      return;
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      await new Promise((resolve) => setTimeout(resolve, windowMs));
    }
  }
}

const chunks = Array.from({ length: Math.ceil(all.length / itemsPerCall) }, (_, i) =>
  all.slice(i * itemsPerCall, (i + 1) * itemsPerCall),
);
await Promise.all(chunks.map(send));
