// npm run screenshots: sets up what is missing, then has the browser tests make the README's pictures anew.
import { runMain } from './failure.mjs';

// Imported once it is known that this Node can read what follows.
const { requireNode } = await import('./setup/require-node.mjs');
requireNode();
const { screenshots } = await import('./screenshots/screenshots.mjs');
await runMain(screenshots);
