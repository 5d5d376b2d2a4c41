// npm run faults: sets up what is missing, then breaks things under load and audits what became of every item (e2e/).
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { faults } = await import('./faults/faults.mjs');
await runMain(async () => await faults(process.argv.slice(2)));
