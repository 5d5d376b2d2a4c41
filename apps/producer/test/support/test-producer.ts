import { Writable } from 'node:stream';
import type { RedisConnection, Rules, Selections, SessionQueue } from '@session-queue/core';
import type { Express } from 'express';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { type AppContext, createApp } from '../../src/app.ts';
import { type Caller, scopes } from '../../src/auth/caller.ts';
import { RequestEvents, type RequestEventsOptions } from '../../src/events/request-events.ts';
import { IdempotencyRecords } from '../../src/idempotency/idempotency-records.ts';
import { HttpService } from '../../src/server/http-service.ts';
import { holdToDocument } from './conformance.ts';

export interface TestProducerOptions extends Partial<Omit<AppContext, 'queue' | 'log' | 'idempotency' | 'events'>> {
  queue: SessionQueue & Selections & { rules: Rules };
  events?: Omit<RequestEventsOptions, 'queue'>;
  /** Where the idempotency records are; tests without Idempotency-Key need none. */
  redisUrl?: string;
  /** In place of `redisUrl`, a connection that stays the test's own. */
  redis?: RedisConnection;
  prefix?: string;
  /** In place of `findCaller`: names of callers by their tokens, who may do everything. */
  findKey?: (token: string) => string | undefined;
  leaseMs?: number;
  stopGraceMs?: number;
  headersTimeoutMs?: number;
  stillTimeoutMs?: number;
}

/** A producer on a free port of loopback, with its log kept. */
export interface TestProducer {
  readonly url: string;
  readonly port: number;
  /** What the app answers to, as `get /v1/requests/{id}`. */
  readonly routes: readonly string[];
  /** Every line logged, as text. */
  readonly logged: string[];
  /** Resolves to the first log entry, old or new, that has these fields. */
  logEntry(fields: Record<string, unknown>): Promise<Record<string, unknown>>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** POSTs JSON. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export async function startProducer(options: TestProducerOptions): Promise<TestProducer> {
  const {
    queue,
    events: eventsOptions,
    redisUrl,
    redis,
    prefix = 'test',
    findKey,
    leaseMs = 5_000,
    stopGraceMs = 1_000,
    headersTimeoutMs,
    stillTimeoutMs,
    ...more
  } = options;
  const ownRedis = connectTestRedis(redisUrl);
  const log = keptLog();
  const events = new RequestEvents({ queue, ...eventsOptions });
  const app = createApp({
    queue,
    events,
    idempotency: new IdempotencyRecords({ redis: redis ?? ownRedis, prefix, leaseMs }),
    checkReadiness: async () => ({ problems: [] }),
    log: log.logger,
    maxBodyBytes: 1024 * 1024,
    ...(findKey === undefined ? {} : { findCaller: (token: string) => testCaller(findKey(token)) }),
    ...more,
  });
  const service = new HttpService(app, {
    port: 0,
    host: '127.0.0.1',
    stopGraceMs,
    ...(headersTimeoutMs === undefined ? {} : { headersTimeoutMs }),
    ...(stillTimeoutMs === undefined ? {} : { stillTimeoutMs }),
  });
  const { port } = await service.start();
  if (redisUrl !== undefined && ownRedis.status !== 'ready') {
    await new Promise((resolve) => {
      ownRedis.once('ready', resolve);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  // Whatever a test is about: what it is answered is held to the document.
  const held = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(`${url}${path}`, init);
    await holdToDocument(init.method ?? 'GET', path, response);
    return response;
  };
  return {
    url,
    port,
    routes: routesOf(app),
    logged: log.lines,
    logEntry: log.entry,
    fetch: async (path, init) => await held(path, init),
    post: async (path, body, headers = {}) =>
      await held(path, {
        method: 'POST',
        headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    stop: async () => {
      events.stop();
      await service.stop();
      ownRedis.disconnect();
    },
  };
}

/** A connection that is not even made without a URL. */
export function connectTestRedis(url?: string): Redis {
  const redis = new Redis(url ?? 'redis://127.0.0.1:1', {
    lazyConnect: url === undefined,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
  });
  redis.on('error', () => undefined);
  return redis;
}

/** A caller who may do everything, but for what is said. */
export function testCaller(name: string | undefined, limits: Partial<Caller> = {}): Caller | undefined {
  return name === undefined ? undefined : { id: name, name, scopes: new Set(scopes), ...limits };
}

function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const methods = new Set(route.stack.flatMap(({ method }) => (method === undefined ? [] : [method])));
    return [...methods].map((method) => `${method} ${path}`);
  });
}

function keptLog() {
  const lines: string[] = [];
  let wake = (): void => undefined;
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      wake();
      done();
    },
  });
  const entry = async (fields: Record<string, unknown>): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find((line) => Object.entries(fields).every(([key, value]) => line[key] === value));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { lines, entry, logger: pino({ level: 'debug' }, sink) };
}
