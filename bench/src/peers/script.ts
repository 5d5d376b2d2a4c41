// Peer (c): a sequential script over the SDK's way of calling. It sends 50 ids at a time, waits a window after a 429, and asks for its
// open references between the calls.
import { sessionIds } from '../lab/session-ids.ts';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const { fake, key, items, seconds } = peerSettings();
const api = new DataApi(fake, key);
const until = performance.now() + seconds * 1_000;
const all = [...sessionIds(items, 0xc0)];
const open = new Set<string>();
console.log('ready');

for (let from = 0; from < all.length && performance.now() < until; ) {
  try {
    open.add(await api.deleteSessions(all.slice(from, from + 50)));
    from += 50;
  } catch (error) {
    if (!(error instanceof TooManyRequests)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  for (const done of await api.completed([...open].slice(0, 50))) open.delete(done);
}
console.log('done');
