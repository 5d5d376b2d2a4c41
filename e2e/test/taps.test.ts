import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { Points } from '../src/tap/points.ts';
import { type RecordedReference, startRedisTap } from '../src/tap/redis-tap.ts';
import { RespFramer, wordsOf } from '../src/tap/resp.ts';
import { ScriptNames } from '../src/tap/script-names.ts';
import { StepsSeen } from '../src/tap/steps-seen.ts';
import type { TapServer } from '../src/tap/tap-server.ts';

leakGuard();

describe('a RESP framer', () => {
  test('finds whole values however the bytes are cut', () => {
    const values = [
      '*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\n',
      '%1\r\n+k\r\n*2\r\n:1\r\n$-1\r\n',
      '-ERR no\r\n',
      '_\r\n',
      '*0\r\n',
    ];
    const bytes = Buffer.from(values.join(''));
    for (let size = 1; size <= bytes.length; size += 1) {
      const framer = new RespFramer();
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const value of framer.push(bytes.subarray(at, at + size))) found.push(value.toString());
      }
      expect(found).toEqual(values);
    }
  });

  test('reads the words of a command, whatever bytes they hold', () => {
    const command = Buffer.from('*2\r\n$3\r\nSET\r\n$5\r\na\r\n$b\r\n');
    expect(wordsOf(command).map(String)).toEqual(['SET', 'a\r\n$b']);
  });
});

describe('a tap between a process and Redis', () => {
  let server: RedisServer;
  let tap: TapServer;
  let through: Redis;
  let straight: Redis;
  let points: Points;
  let recorded: RecordedReference[];

  beforeEach(async () => {
    server = await startRedis();
    points = new Points();
    recorded = [];
    tap = await startRedisTap({
      targetPort: server.port,
      who: 'worker-1',
      points,
      names: await ScriptNames.read(),
      steps: new StepsSeen(),
      onRecorded: (one) => recorded.push(one),
    });
    through = new Redis(tap.port, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    straight = new Redis(server.port);
    through.on('error', () => undefined);
  });
  afterEach(async () => {
    through.disconnect();
    straight.disconnect();
    tap.close();
    await server.stop();
  });

  test('acts before a step has reached Redis', async () => {
    const armed = points.arm({ step: 'set', when: 'before', by: 'worker' }, () => 'cut');
    await expect(through.set('key', 'value')).rejects.toThrow();
    await armed.reached;
    expect(await straight.get('key')).toBeNull();
  });

  test('acts after a step has had its effect and before its answer is heard', async () => {
    const armed = points.arm({ step: 'set', when: 'after', by: 'worker-1' }, () => 'cut');
    await expect(through.set('key', 'value')).rejects.toThrow();
    await armed.reached;
    expect(await straight.get('key')).toBe('value');
  });

  test('knows our scripts by their text and from then on by their hash, and passes everything else on as it is', async () => {
    const source = '#!lua flags=allow-oom\nreturn 1\n';
    const names = await ScriptNames.read();
    expect(names.ours).toEqual(
      expect.arrayContaining(['claim', 'begin-send', 'record-reference', 'resolve', 'append']),
    );
    expect(names.learn(Buffer.from(source))).toBeUndefined();
    expect(await through.eval(source, 0)).toBe(1);
    const messages: string[] = [];
    const listener = through.duplicate();
    listener.on('message', (_channel, text) => messages.push(text));
    await listener.subscribe('news');
    await straight.publish('news', 'hello');
    expect(await through.multi().set('a', '1').get('a').exec()).toEqual([
      [null, 'OK'],
      [null, '1'],
    ]);
    expect(messages).toEqual(['hello']);
    listener.disconnect();
  });
});
