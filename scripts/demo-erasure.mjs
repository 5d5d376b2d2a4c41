// npm run demo:erasure: from a retention rule to a certificate that is checked offline, on this machine.
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { demoErasure } = await import('./erasure/demo.mjs');
await runMain(async () => await demoErasure(process.argv.slice(2)));
