import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { readBooks } from '../../demo/books.mjs';
import { CleanupList } from '../../demo/cleanup.mjs';
import { exampleCommands, exampleEnvironment } from '../../demo/examples.mjs';
import { readInput } from '../../demo/input.mjs';
import { ProducerApi } from '../../demo/producer-api.mjs';
import { takeRunFolder } from '../../demo/run-folder.mjs';
import { startSystem } from '../../demo/system.mjs';
import { root } from '../../project.mjs';

const examples = join(root, 'examples');
/** Each takes some seconds: a few calls, and their jobs at the stand-in. */
const exampleMs = 45_000;

const hasPython = spawnSync('python3', ['--version']).status === 0;
const commands = exampleCommands.filter((command) => hasPython || !command.startsWith('python3'));
if (!hasPython) process.stderr.write('There is no python3 here: its example is not run.\n');

describe('each example', () => {
  const cleanup = new CleanupList();
  /** @type {string} */
  let folder;
  /** @type {import('../../demo/system.mjs').System} */
  let system;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-examples-'));
    system = await startSystem({
      folder: await takeRunFolder(folder),
      stand: [`--gone-file=${join(examples, 'already-gone.txt')}`, '--gone=succeed'],
      environment: process.env,
      cleanup,
      signal: new AbortController().signal,
    });
  }, 60_000);
  afterAll(async () => {
    expect(await cleanup.run()).toEqual([]);
    await rm(folder, { recursive: true });
  }, 60_000);

  /** @param {string} command */
  async function runExample(command) {
    const child = spawn('sh', ['-c', command], {
      cwd: root,
      env: { ...process.env, ...exampleEnvironment(system) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that one that hangs ends with all that it has started.
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    const giveUp = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), exampleMs);
    const [code] = await once(child, 'close');
    clearTimeout(giveUp);
    expect({ command, code, output }).toMatchObject({ command, code: 0 });
    return output;
  }

  it('asks as its first lines say, and what it asked for is done', async () => {
    const api = new ProducerApi(system.producerUrl, system.token);
    const outputs = await Promise.all(commands.map(runExample));
    for (const [n, output] of outputs.entries()) {
      const ids = [...output.matchAll(/request ([0-9a-f-]{36})/gi)].map(([, id = '']) => id);
      expect({ command: commands[n], ids }).not.toMatchObject({ ids: [] });
      for (const id of ids) {
        // The plain BullMQ job becomes a request when a worker takes it in.
        const ended = await eventually(
          async () => {
            const { state, counts } = await api.getRequest(id);
            return state === 'completed' && counts;
          },
          { timeoutMs: 30_000, intervalMs: 200, what: `the end of request ${id}` },
        );
        expect(ended.succeeded).toBe(ended.total);
      }
    }
    const [{ gone }, books] = [await readInput(examples), await readBooks(system.fakeUrl)];
    const named = ['http', 'curl', 'client', 'bullmq', ...(hasPython ? ['python'] : [])];
    const asked = named.flatMap((name) => [`example-${name}-1`, `example-${name}-2`]);
    expect(Object.keys(books.perSession).sort()).toEqual([...asked, ...gone].sort());
    expect(Object.keys(books.perSubmission)).toHaveLength(9);
  }, 90_000);
});
