import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LegalHolds, RedisConnection, Rules, Selections, SessionQueue } from '@session-queue/core';
import type { AuditTrail, KindSwitch } from '@session-queue/core/engine';
import compression from 'compression';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { type Access, localAccess, sessionAccess } from '../accounts/access.ts';
import { Caller } from '../accounts/caller.ts';
import { gate } from '../accounts/gate.ts';
import { actionRoutes } from '../actions/action-routes.ts';
import { doneNotice } from '../actions/done-notice.ts';
import { approvalRoutes } from '../approvals/approval-routes.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { auditRoutes } from '../audit/audit-routes.ts';
import { batchRoutes } from '../batches/batch-routes.ts';
import { board } from '../board/board.ts';
import { boardBasePath } from '../board/board-path.ts';
import { Guard } from '../board/guard.ts';
import { certificateRoutes } from '../certificates/certificate-routes.ts';
import { deadlineRoutes } from '../deadlines/deadline-routes.ts';
import { holdRoutes } from '../legal-holds/hold-routes.ts';
import type { EventStreams } from '../live/event-streams.ts';
import { overviewRoutes } from '../overview/overview-routes.ts';
import type { Pace } from '../overview/read-overview.ts';
import type { Queues } from '../queues.ts';
import { requestRoutes } from '../requests/request-routes.ts';
import { ruleRoutes } from '../rules/rule-routes.ts';
import { selectionRoutes } from '../selections/selection-routes.ts';
import { type SignInOptions, signInRoutes } from '../sign-in/sign-in-routes.ts';
import { errorAnswers, notFound } from './errors.ts';
import { boardHeaders, notStored, ownPageHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { loopbackOnly } from './loopback-only.ts';
import { redisThere } from './redis-there.ts';
import { sameOriginChanges } from './same-origin.ts';

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
/** Of uPlot only what a browser loads, from our own address. */
const chartAssets = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.iife.min.js'));

export interface AppOptions {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<
    SessionQueue,
    'consumers' | 'getRequest' | 'certificate' | 'hold' | 'release' | 'approve' | 'revoke' | 'cancel' | 'retryFailed'
  > &
    Pick<Selections, 'select' | 'getSelection' | 'listSelections' | 'cancelSelection' | 'deleteSelection'>;
  kindSwitch: Pick<KindSwitch, 'read' | 'start' | 'stop'>;
  rules: Rules;
  holds: LegalHolds;
  /** How often the overview is read; as usual when absent. */
  pace?: Pace;
  /** The pages that are kept up to date; ended by whoever stops the server. */
  streams: EventStreams;
  /** Absent when nobody signs in: then only this machine is answered. */
  signIn: Omit<SignInOptions, 'audit' | 'attempted'> | undefined;
  /** Told of every attempt to sign in. */
  attempted: SignInOptions['attempted'];
  trail: AuditTrail;
  /** Where browsers find the dashboard; told by each request when absent. */
  ownUrl: string | undefined;
  logger: Logger;
}

/** The dashboard, in the order in which a request passes through it. What stands behind the gate needs an account. */
export function createApp(options: AppOptions): Express {
  const { redis, queues, signIn, trail, logger } = options;
  const audit = new AuditLog(trail, logger);
  const caller = new Caller();
  const access = accessOf(signIn);
  const app = express();
  app.disable('x-powered-by');
  // Proxies of our own network say who calls and whether by HTTPS. Without users none may stand in between.
  app.set('trust proxy', signIn === undefined ? false : ['loopback', 'linklocal', 'uniquelocal']);

  app.use(healthRoutes(redis, options.prefix));
  // Not what is `no-transform`: an event would wait for the next ones to be compressed with.
  app.use(compression());
  app.use(ownPageHeaders());
  app.use('/assets', express.static(assets, { index: false, maxAge: '1h' }));
  app.use('/assets/uplot', express.static(chartAssets, { index: false, maxAge: '1h' }));
  if (signIn === undefined) app.use(loopbackOnly());
  app.use(sameOriginChanges(options.ownUrl));
  app.use(/^(?!\/queues\/static\/)/, notStored());
  if (signIn !== undefined) app.use(signInRoutes({ ...signIn, audit, attempted: options.attempted }));
  app.use(redisThere(redis));

  app.use(gate(access, caller));
  const looking = { ...options, caller, access, doneNotice: doneNotice(trail) };
  app.use(overviewRoutes(looking));
  app.use(requestRoutes(looking));
  app.use(certificateRoutes(options));
  app.use(approvalRoutes({ ...options, caller }));
  app.use(deadlineRoutes({ ...options, caller }));
  app.use(ruleRoutes(looking));
  app.use(selectionRoutes(looking));
  app.use(holdRoutes(looking));
  app.use(batchRoutes({ ...options, caller }));
  app.use(actionRoutes({ ...options, caller, audit }));
  app.use(auditRoutes(trail, caller));
  const guard = new Guard({ queues, caller, audit });
  app.use(boardBasePath, boardHeaders(), board({ ...options, caller, guard, basePath: boardBasePath }));

  app.use(notFound(caller));
  app.use(errorAnswers(logger, caller));
  return app;
}

function accessOf(signIn: AppOptions['signIn']): Access {
  return signIn === undefined ? localAccess : sessionAccess(signIn.sessions);
}
