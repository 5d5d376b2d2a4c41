// Peer (c): a sequential script over the SDK's way of calling. It sends 50 items at a time; after a 429 it waits a window, and
// meanwhile asks for its open references.
import { itemsOf } from '../lab/items.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const settings = peerSettings();
const api = new DataApi(settings);
const until = performance.now() + settings.seconds * 1_000;
const all = [...itemsOf(settings.kind, settings.items, 0xc0)];
const open = new Set<string>();
console.log('ready');

for (let from = 0; from < all.length && performance.now() < until; ) {
  try {
    open.add(await api.send(all.slice(from, from + itemsPerCall)));
    from += itemsPerCall;
  } catch (error) {
    if (!(error instanceof TooManyRequests)) throw error;
    const waited = new Promise((resolve) => setTimeout(resolve, learnosityQuotas[settings.kind].windowMs));
    for (const done of await api.completed([...open].slice(0, 50))) open.delete(done);
    await waited;
  }
}
