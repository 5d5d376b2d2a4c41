// npm run bench: sets up what is missing, then measures Session Queue beside what people use today (bench/).
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { bench } = await import('./bench/bench.mjs');
await runMain(async () => await bench(process.argv.slice(2)));
