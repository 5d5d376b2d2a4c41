import { describe, expect, test } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { LearnosityError } from '../../src/learnosity/learnosity-error.ts';
import { createLogger, type LogLevel } from '../../src/logging/logger.ts';

function capture(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, name: 'worker' }, { write: (line: string) => lines.push(line) });
  return { logger, lines, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('a log line', () => {
  test('is JSON with time, level, app and message', () => {
    const { logger, last } = capture();
    logger.info({ consumer: 'exams', calls: 3 }, 'sent');
    expect(last()).toMatchObject({ level: 'info', name: 'worker', consumer: 'exams', calls: 3, msg: 'sent' });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('is written from its level up', () => {
    const { logger, lines } = capture('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
  });

  test('holds no private field, at any depth, in any spelling, of the line or its logger (invariant 9)', () => {
    const { logger, lines, last } = capture();
    const secret = 'private';
    logger.child({ token: secret, consumer: { name: 'exams', secret } }).warn({
      key: secret,
      Authorization: secret,
      batch: { sessionIds: [secret], session_ids: secret, list: [{ submissions: [secret], item: secret }] },
      form: { security: secret, 'set-cookie': secret, 'consumer-key': secret },
      kept: { count: 2, list: [1, 'two', null], at: new Date(0) },
    });
    expect(lines.join()).not.toContain(secret);
    expect(last()).toMatchObject({
      consumer: { name: 'exams', secret: '[removed]' },
      kept: { count: 2, list: [1, 'two', null], at: '1970-01-01T00:00:00.000Z' },
    });
  });

  test('holds no private field of what is no plain object (invariant 9)', () => {
    const { logger, lines, last } = capture();
    class Call {
      readonly path = '/v1';
      readonly headers = { authorization: 'private', cookie: 'private' };
    }
    logger.child({ call: new Call() }).info({ req: new Call() }, 'called');
    expect(lines.join()).not.toContain('private');
    expect(last()).toMatchObject({ call: { path: '/v1' }, req: { path: '/v1', headers: { cookie: '[removed]' } } });
  });

  test('holds no private field of a logger within another (invariant 9)', () => {
    const { logger, lines, last } = capture();
    logger.child({ batch: 'b1' }).child({ token: 'private' }).info('sent');
    expect(lines.join()).not.toContain('private');
    expect(last()).toMatchObject({ batch: 'b1', token: '[removed]' });
  });

  test('holds no bytes and no endless structure', () => {
    const { logger, last } = capture();
    const circle: Record<string, unknown> = { name: 'round' };
    circle.self = circle;
    logger.info({ bytes: Buffer.from('private'), circle });
    expect(last().bytes).toBe('[7 bytes]');
    expect(JSON.stringify(last().circle)).toContain('[deeper]');
  });

  test('shows an error with its causes and decision', () => {
    const { logger, last } = capture();
    const cause = new Error('socket hang up');
    const err = new LearnosityError('no answer from Learnosity (ECONNRESET)', {
      decision: 'transient',
      outcome: 'unknown',
      code: 'ECONNRESET',
      headersArrived: false,
      msSinceHeaders: 0,
      cause,
    });
    logger.error({ err }, 'the call failed');
    expect(last().err).toMatchObject({
      type: 'LearnosityError',
      message: 'no answer from Learnosity (ECONNRESET)',
      stack: expect.stringContaining('logger.test.ts'),
      code: 'ECONNRESET',
      decision: 'transient',
      outcome: 'unknown',
      cause: { type: 'Error', message: 'socket hang up' },
    });
  });

  test('never shows the command that hangs on an error of the Redis client (invariant 9)', () => {
    const { logger, lines, last } = capture();
    const err = Object.assign(new ReplyError('OOM command not allowed'), {
      command: { name: 'rpush', args: ['private', Buffer.from('private')] },
    });
    logger.error({ err, nested: { err } }, 'failed');
    logger.error(err);
    expect(lines.join()).not.toContain('private');
    expect(last()).toMatchObject({ msg: 'OOM command not allowed', err: { message: 'OOM command not allowed' } });
  });
});
