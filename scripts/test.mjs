// npm test: sets up what is missing, then builds, checks types, lints and runs every suite.
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { testAll } = await import('./testing/test-all.mjs');
await runMain(async () => await testAll(process.argv.slice(2)));
