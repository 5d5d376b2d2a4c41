import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { leakGuard, startRedis } from '@session-queue/testing';
import { Cluster } from 'ioredis';
import { writeTogether } from '../../src/redis/write-together.ts';
import { connectReady } from './connections.ts';

leakGuard();

/** Notes what comes in each write. */
class Kernel extends Writable {
  readonly writes: string[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()).join(' '));
    done();
  }
}

test('all commands of a turn leave in one write, in their order', async () => {
  const stream = new Kernel();
  const connection = Object.assign(new EventEmitter(), { stream });
  writeTogether(connection);
  connection.emit('connect');
  stream.write('a');
  await Promise.resolve();
  stream.write('b');
  await setImmediate();
  stream.write('c');
  await setImmediate();
  stream.write('d');
  stream.write('e');
  await setImmediate();
  expect(stream.writes).toEqual(['a b', 'c', 'd e']);
});

test('a connection that is made anew does the same', async () => {
  const connection = Object.assign(new EventEmitter(), { stream: new Kernel() });
  writeTogether(connection);
  connection.emit('connect');
  const again = new Kernel();
  connection.stream = again;
  connection.emit('connect');
  again.write('a');
  again.write('b');
  await setImmediate();
  expect(again.writes).toEqual(['a b']);
});

test.each([
  ['producer', 1],
  ['worker', 0],
] as const)('is what a %s connection does, or not', async (role, corked) => {
  const server = await startRedis();
  try {
    const redis = await connectReady({ url: server.url }, role);
    if (redis instanceof Cluster) throw new Error('one Redis is no cluster');
    await setImmediate();
    const asked = redis.ping();
    expect(redis.stream.writableCorked).toBe(corked);
    await asked;
    expect(redis.stream.writableCorked).toBe(0);
    redis.disconnect();
  } finally {
    await server.stop();
  }
});
