import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readDemoArguments } from '../../demo/arguments.mjs';
import { CleanupList } from '../../demo/cleanup.mjs';
import { follow } from '../../demo/follow.mjs';
import { readInput } from '../../demo/input.mjs';
import { listenForInterrupt } from '../../demo/interrupt.mjs';
import { portNear } from '../../demo/ports.mjs';
import { takeRunFolder } from '../../demo/run-folder.mjs';
import { root } from '../../project.mjs';

/** @type {string} */
let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('the arguments of the demo', () => {
  it('are --exit and --help', () => {
    expect(readDemoArguments([], '')).toEqual({ help: false, exit: false });
    expect(readDemoArguments(['--exit'], '')).toEqual({ help: false, exit: true });
    expect(readDemoArguments(['--help'], '')).toEqual({ help: true, exit: false });
  });

  it('are named when unknown', () => {
    expect(() => readDemoArguments(['--exti'], '')).toThrow('knows no argument --exti');
  });
});

describe('the example files', () => {
  it('are 2,000 ids with 40 duplicates, 25 of them gone, and 120 submissions', async () => {
    const { sessionIds, gone, submissions } = await readInput(join(root, 'examples'));
    expect(sessionIds).toHaveLength(2_000);
    expect(new Set(sessionIds).size).toBe(1_960);
    expect([...gone].filter((id) => sessionIds.includes(id))).toHaveLength(25);
    expect(new Set(submissions).size).toBe(120);
    for (const text of submissions) {
      expect(text).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
      expect(JSON.parse(Buffer.from(text, 'base64').toString())).toHaveProperty('session_id');
    }
  });
});

describe('the folder of a run', () => {
  it('is empty at the start of each run', async () => {
    const first = await takeRunFolder(folder);
    await writeFile(join(first, 'old'), '');
    const second = await takeRunFolder(folder);
    expect(second).toBe(join(folder, 'demo'));
    expect(existsSync(join(second, 'old'))).toBe(false);
    expect(existsSync(join(second, 'logs'))).toBe(true);
  });

  it('is another one while another demo still runs', async () => {
    const other = spawn('sleep', ['30'], { stdio: 'ignore' });
    try {
      const taken = await takeRunFolder(folder);
      await writeFile(join(taken, 'pid'), String(other.pid));
      expect(await takeRunFolder(folder)).toBe(join(folder, 'demo-2'));
      expect(existsSync(join(taken, 'pid'))).toBe(true);
    } finally {
      other.kill();
      await once(other, 'exit');
    }
    expect(await takeRunFolder(folder)).toBe(join(folder, 'demo'));
  });
});

describe('a port', () => {
  it('is the wanted one when it is free, and another when it is taken', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const other = await portNear(taken);
    expect(other).not.toBe(taken);
    expect(other).toBeGreaterThan(0);
    server.close();
    await once(server, 'close');
    expect(await portNear(taken)).toBe(taken);
  });
});

describe('the cleanup', () => {
  it('stops everything once, the latest first', async () => {
    /** @type {string[]} */
    const stopped = [];
    const cleanup = new CleanupList();
    for (const name of ['redis', 'worker', 'producer']) {
      cleanup.add(name, async () => {
        stopped.push(name);
      });
    }
    await Promise.all([cleanup.run(), cleanup.run()]);
    expect(stopped).toEqual(['producer', 'worker', 'redis']);
  });

  it('goes on past what fails to stop or hangs, and says so', async () => {
    const cleanup = new CleanupList();
    let redisIsStopped = false;
    cleanup.add('redis', async () => {
      redisIsStopped = true;
    });
    cleanup.add('worker', async () => await new Promise(() => undefined));
    cleanup.add('producer', async () => {
      throw new Error('no');
    });
    expect(await cleanup.run(20)).toEqual(['producer: no', 'worker: did not stop within 20 ms']);
    expect(redisIsStopped).toBe(true);
  });
});

describe('an interruption', () => {
  /** @type {number[]} */
  let exits;
  /** @type {ReturnType<typeof listenForInterrupt>} */
  let interrupt;
  beforeEach(() => {
    exits = [];
    jest.useFakeTimers();
    interrupt = listenForInterrupt((code) => exits.push(code));
  });
  afterEach(() => {
    interrupt.stopListening();
    jest.useRealTimers();
  });

  it('aborts at the first signal, and takes the copy that npm sends for the same one', () => {
    expect(interrupt.signal.aborted).toBe(false);
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    expect(interrupt.received()).toBe('SIGINT');
    expect(interrupt.signal.reason.message).toBe('Interrupted by SIGINT before it was done.');
    expect(exits).toEqual([]);
  });

  it('ends the process when a person insists', () => {
    process.emit('SIGINT');
    jest.advanceTimersByTime(1_500);
    process.emit('SIGINT');
    expect(exits).toEqual([130]);
  });
});

describe('following requests', () => {
  const counts = {
    total: 1,
    duplicates: 0,
    pending: 0,
    claimed: 0,
    submitted: 0,
    parked: 0,
    succeeded: 0,
    absent: 0,
    failed: 0,
    cancelled: 0,
    resent: 0,
  };
  const view = (/** @type {string} */ id, /** @type {string} */ state) => ({
    id,
    kind: 'deletion',
    state,
    counts,
    createdAt: '2026-01-01T00:00:00Z',
  });

  it('ends when all have come to an end, and shows every look', async () => {
    /** @type {Record<string, string[]>} */
    const states = { a: ['processing', 'completed', 'completed'], b: ['accepted', 'processing', 'failed'] };
    /** @type {string[][]} */
    const shown = [];
    const ended = await follow({
      requests: [view('a', 'accepted'), view('b', 'accepted')],
      getRequest: async (id) => view(id, states[id]?.shift() ?? 'lost'),
      onProgress: (views) => shown.push(views.map(({ state }) => state)),
      checkHealth: async () => undefined,
      signal: new AbortController().signal,
    });
    expect(ended.map(({ state }) => state)).toEqual(['completed', 'failed']);
    expect(shown).toHaveLength(3);
  });

  it('stops when something has died, or when it is told to', async () => {
    const endless = {
      requests: [view('a', 'accepted')],
      getRequest: async (/** @type {string} */ id) => view(id, 'processing'),
      onProgress: () => undefined,
    };
    const dead = follow({
      ...endless,
      checkHealth: async () => {
        throw new Error('worker-1 has ended');
      },
      signal: new AbortController().signal,
    });
    await expect(dead).rejects.toThrow('worker-1 has ended');
    const stop = new AbortController();
    const stopped = follow({ ...endless, checkHealth: async () => undefined, signal: stop.signal });
    stop.abort(new Error('Stopped.'));
    await expect(stopped).rejects.toThrow();
  });
});
