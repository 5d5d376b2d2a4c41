import { Writable } from 'node:stream';
import { createLogger, type User } from '@session-queue/core';
import type { KindStop } from '@session-queue/core/engine';
import { testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { accountOf } from '../../src/accounts/account.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { createApp } from '../../src/http/app.ts';
import { DashboardServer } from '../../src/http/server.ts';
import { EventStreams } from '../../src/live/event-streams.ts';
import { Queues } from '../../src/queues.ts';
import { EndedSessions } from '../../src/sign-in/ended-sessions.ts';
import { deriveSessionKeys } from '../../src/sign-in/session-keys.ts';
import { Sessions } from '../../src/sign-in/sessions.ts';
import { SignInThrottle } from '../../src/sign-in/throttle.ts';
import { RequestRecords } from './request-views.ts';

export const viewer: User = { name: 'vera', admin: false, password: 'viewer-password' };
export const admin: User = { name: 'ada', admin: true, password: 'admin-password' };

export interface TestDashboard {
  readonly url: string;
  readonly redis: Redis;
  readonly prefix: string;
  readonly queues: Queues;
  readonly records: RequestRecords;
  readonly sessions: Sessions;
  readonly streams: EventStreams;
  /** Stopped kinds, by reason. */
  readonly stops: Map<string, string>;
  /** Every line that was logged, as JSON. */
  readonly log: Record<string, unknown>[];
  /** The clock that sign-in sees, in milliseconds. */
  readonly clock: { now: number };
  stop(): Promise<void>;
}

/** A whole dashboard on a real Redis, with two users or with none. */
export async function startDashboard({
  users = [viewer, admin],
  mostStreams = 50,
}: {
  users?: User[];
  mostStreams?: number;
} = {}): Promise<TestDashboard> {
  const server = await testRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const { logger, log } = memoryLogger();
  const queues = new Queues(redis, server.prefix, logger);
  const records = new RequestRecords();
  const stops = new Map<string, string>();
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const sessions = new Sessions({
    accounts: users.map(accountOf),
    keys: await deriveSessionKeys(users, server.prefix),
    now,
  });
  const signIn = {
    users,
    sessions,
    ended: new EndedSessions(redis, server.prefix),
    throttle: new SignInThrottle(now),
  };
  const streams = new EventStreams({ most: mostStreams });
  const app = createApp({
    redis,
    prefix: server.prefix,
    queues,
    sessionQueue: records,
    kindSwitch: { read: async (kind) => reasonOf(stops.get(kind)) },
    streams,
    pace: { readMs: 50, slowMs: 0, idleMs: 0 },
    signIn: users.length === 0 ? undefined : signIn,
    audit: new AuditLog(logger),
    logger,
  });
  const dashboard = new DashboardServer(app, { port: 0, host: '127.0.0.1', stopGraceMs: 200 });
  const { port } = await dashboard.start();
  return {
    url: `http://127.0.0.1:${port}`,
    redis,
    prefix: server.prefix,
    queues,
    records,
    sessions,
    streams,
    stops,
    log,
    clock,
    stop: async () => {
      streams.stop();
      await dashboard.stop();
      await queues.close();
      redis.disconnect();
      await server.stop();
    },
  };
}

function reasonOf(reason: string | undefined): KindStop | undefined {
  return reason === undefined ? undefined : { reason, since: '2026-03-01T09:00:00.000Z', by: 'ada' };
}

function memoryLogger() {
  const log: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { log, logger: createLogger({ level: 'debug', name: 'dashboard' }, stream) };
}
