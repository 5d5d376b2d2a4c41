import { readManifest } from '../project.mjs';
import { nodeVersionFault } from './node-version.mjs';

/** Ends the process, saying why, when this Node is too old for the project. */
export function requireNode() {
  const fault = nodeVersionFault(process.version, readManifest().engines.node);
  if (fault === undefined) return;
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
