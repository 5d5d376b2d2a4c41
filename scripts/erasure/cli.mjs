import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../project.mjs';

/**
 * Runs `session-queue` without any connection: what it is to check is all it has.
 * @param {readonly string[]} given
 * @returns {Promise<{ code: number, output: string }>} what it printed, errors too
 */
export async function sessionQueue(...given) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(root, 'apps/producer/dist/cli.js'), ...given], {
    env: { PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const [code] = await once(child, 'close');
  return { code, output: output.trim() };
}
