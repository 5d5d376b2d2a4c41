import { Writable } from 'node:stream';
import {
  createLogger,
  type KnownUser,
  type LegalHolds,
  type Rules,
  SessionQueueClient,
  type User,
} from '@session-queue/core';
import { AuditTrail, type HandStop } from '@session-queue/core/engine';
import { testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { createApp } from '../../src/http/app.ts';
import { DashboardServer } from '../../src/http/server.ts';
import { EventStreams } from '../../src/live/event-streams.ts';
import { Queues } from '../../src/queues.ts';
import type { Issuer } from '../../src/sign-in/issuer.ts';
import { Passwords } from '../../src/sign-in/passwords.ts';
import { hashPlainUsers } from '../../src/sign-in/plain-users.ts';
import { Sessions } from '../../src/sign-in/sessions.ts';
import type { SignInOutcome } from '../../src/sign-in/sign-in-outcome.ts';
import { SignInThrottle } from '../../src/sign-in/throttle.ts';
import { QueueRecords } from './selection-views.ts';

export const viewer: User = { name: 'vera', role: 'viewer', password: 'viewer-password' };
export const operator: User = { name: 'olga', role: 'operator', password: 'operator-password' };
export const admin: User = { name: 'ada', role: 'admin', password: 'admin-password' };

export interface TestDashboard {
  readonly url: string;
  readonly redis: Redis;
  readonly prefix: string;
  readonly queues: Queues;
  readonly records: QueueRecords;
  readonly rules: Rules;
  readonly holds: LegalHolds;
  readonly sessions: Sessions;
  readonly trail: AuditTrail;
  /** Who may sign in with a password, as of now. */
  readonly users: KnownUser[];
  readonly streams: EventStreams;
  /** Stopped kinds, by reason. */
  readonly stops: Map<string, string>;
  /** Every line that was logged, as JSON. */
  readonly log: Record<string, unknown>[];
  /** How each attempt to sign in ended. */
  readonly attempts: SignInOutcome[];
  /** The clock that sign-in sees, in milliseconds. */
  readonly clock: { now: number };
  stop(): Promise<void>;
}

/** A whole dashboard on a real Redis, with users or with none, and with an issuer where one is given. */
export async function startDashboard({
  users: plainUsers = [viewer, operator, admin],
  mostStreams = 50,
  issuer,
  ownUrl,
}: {
  users?: User[];
  mostStreams?: number;
  issuer?: Issuer;
  ownUrl?: string;
} = {}): Promise<TestDashboard> {
  const server = await testRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const { logger, log } = memoryLogger();
  const queues = new Queues(redis, server.prefix, logger);
  const client = new SessionQueueClient({ redis, prefix: server.prefix });
  const records = new QueueRecords(client);
  const { rules, holds } = client;
  const stops = new Map<string, string>();
  const clock = { now: Date.now() };
  const attempts: SignInOutcome[] = [];
  const now = () => clock.now;
  const users = await hashPlainUsers(plainUsers, server.prefix);
  const passwords = plainUsers.length === 0 ? undefined : new Passwords(() => users);
  const sessions = new Sessions({
    redis,
    prefix: server.prefix,
    findUser: (name) => passwords?.find(name),
    hasIssuer: issuer !== undefined,
    now,
  });
  const signIn = { passwords, issuer, sessions, throttle: new SignInThrottle(now) };
  const trail = new AuditTrail(redis, server.prefix);
  const streams = new EventStreams({ most: mostStreams });
  const app = createApp({
    redis,
    prefix: server.prefix,
    queues,
    sessionQueue: records,
    rules,
    holds,
    kindSwitch: {
      read: async (kind) => reasonOf(stops.get(kind)),
      stop: async (kind, { reason }) => void stops.set(kind, reason),
      start: async (kind) => void stops.delete(kind),
    },
    streams,
    pace: { readMs: 50, slowMs: 0, idleMs: 0 },
    signIn: passwords === undefined && issuer === undefined ? undefined : signIn,
    attempted: (outcome) => void attempts.push(outcome),
    trail,
    ownUrl,
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
    rules,
    holds,
    sessions,
    trail,
    users,
    streams,
    stops,
    log,
    attempts,
    clock,
    stop: async () => {
      streams.stop();
      await dashboard.stop();
      await queues.close();
      await client.close();
      redis.disconnect();
      await server.stop();
    },
  };
}

function reasonOf(reason: string | undefined): HandStop | undefined {
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
