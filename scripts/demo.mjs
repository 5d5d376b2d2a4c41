// npm run demo: sets up what is missing, starts the whole system on this machine and does the main job on examples/.
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { demo } = await import('./demo/demo.mjs');
await runMain(async () => await demo(process.argv.slice(2)));
