import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
const hasScript = spawnSync('script', ['--version']).error === undefined;
const onTerminals = hasScript ? describe : describe.skip;

/** The built command line on a terminal of its own, which `script` of util-linux makes. */
class OnTerminal {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  text = '';
  #wake = (): void => undefined;

  constructor(args: readonly string[], url: string) {
    const command = `stty cols 72 rows 20; exec ${[process.execPath, cli, ...args].join(' ')}`;
    const env = { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/bash', SESSION_QUEUE_URL: url };
    this.child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (data) => {
      this.text += String(data);
      this.#wake();
    });
    this.exited = once(this.child, 'close');
  }

  /** Resolves once the terminal has shown the text. */
  async shows(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const how = await Promise.race([news, this.exited]);
      if (how !== undefined && !this.text.includes(text)) throw new Error(`it ended without showing: ${this.text}`);
    }
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }
}

onTerminals('on a real terminal', () => {
  let redis: TestRedis;
  let producer: TestProducer;
  let queue: MemoryQueue;
  let terminal: OnTerminal | undefined;
  beforeAll(async () => {
    redis = await testRedis();
    queue = new MemoryQueue();
    producer = await startProducer({ queue, redisUrl: redis.url, prefix: redis.prefix });
  });
  afterEach(async () => {
    terminal?.child.kill('SIGKILL');
    await terminal?.exited;
  });
  afterAll(async () => {
    await producer.stop();
    await redis.stop();
  });

  test('a deletion asks, takes the number, and is watched to its end with colours', async () => {
    terminal = new OnTerminal(['delete', 'a', 'b', '--watch'], producer.url);
    await terminal.shows('Type 2 to go on: ');
    terminal.type('2\n');
    await terminal.shows('0 of 2');
    for (const { view } of queue.kept.values()) {
      Object.assign(view, { state: 'completed', counts: { ...view.counts, pending: 0, succeeded: 2 } });
    }
    expect((await terminal.exited)[0]).toBe(0);
    const shown = stripVTControlCharacters(terminal.text);
    expect(shown).toContain('Delete 2 sessions of consumer default at Learnosity, for good?');
    expect(shown).toContain('  succeeded [##############################] 100 %  2 of 2');
    expect(terminal.text).toContain('\u001b[32m');
    // Nothing was wide enough to be wrapped, and the cursor is back.
    expect(shown.split(/[\r\n]+/).filter((line) => line.length > 72)).toEqual([]);
    expect(terminal.text).toContain('\u001b[?25h');
  });

  test('Ctrl-C ends a watch at once, with 130 and the cursor back', async () => {
    await queue.deleteSessions({ sessionIds: ['c'], id: 'watched' });
    terminal = new OnTerminal(['watch', 'watched'], producer.url);
    await terminal.shows('0 of 1');
    terminal.type('\u0003');
    expect((await terminal.exited)[0]).toBe(130);
    expect(terminal.text).toContain('\u001b[?25h');
    expect(terminal.text).toContain('Watch it again:');
  });

  test('Ctrl-C at the question sends nothing', async () => {
    const before = queue.kept.size;
    terminal = new OnTerminal(['delete', 'd'], producer.url);
    await terminal.shows('Type 1 to go on: ');
    terminal.type('\u0003');
    expect((await terminal.exited)[0]).toBe(130);
    expect(queue.kept.size).toBe(before);
  });
});
