// npm run mutants: takes one guard after the other out of a copy of the project, and sees that the suites notice.
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { mutants } = await import('./mutants/mutants.mjs');
await runMain(async () => await mutants(process.argv.slice(2)));
