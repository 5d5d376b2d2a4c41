import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The two people of the demo, by their tokens.
 * @typedef {{ registrar: string, officer: string }} Tokens
 */

/**
 * Writes the producer's file of API keys: the registrar sets rules and asks, the privacy officer approves.
 * @param {string} folder
 * @returns {Promise<{ file: string, tokens: Tokens }>}
 */
export async function writeKeys(folder) {
  const tokens = { registrar: randomBytes(16).toString('hex'), officer: randomBytes(16).toString('hex') };
  const file = join(folder, 'api-keys.json');
  const asking = [
    'rule:manage',
    'legal-hold:manage',
    'selection:create',
    'deletion:create',
    'resubmission:create',
    'request:read',
  ];
  const keys = [
    // The registrar may approve too, but never of what the registrar has asked for.
    { name: 'registrar', hash: hashOf(tokens.registrar), scopes: [...asking, 'deletion:approve'] },
    { name: 'privacy-officer', hash: hashOf(tokens.officer), scopes: ['deletion:approve', 'request:read'] },
  ];
  await writeFile(file, JSON.stringify(keys, undefined, 2));
  return { file, tokens };
}

/** @param {string} token */
function hashOf(token) {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`;
}
