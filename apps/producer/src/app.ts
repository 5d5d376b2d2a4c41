import type { Kind, Rules, Selections, SessionQueue } from '@session-queue/core';
import type { Tracing } from '@session-queue/tracing';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Scope } from './auth/caller.ts';
import {
  requireEveryConsumer,
  requireOwnHold,
  requireOwnRequest,
  requireOwnRule,
  requireOwnSelection,
} from './auth/consumer-limits.ts';
import type { FindCaller } from './auth/find-caller.ts';
import { limitRate, limitUnknown } from './auth/rate-limits.ts';
import { requireLocal } from './auth/require-local.ts';
import { requireToken } from './auth/require-token.ts';
import { requires } from './auth/requires.ts';
import { bodyWithItems, filterJsonBody, optionalJsonBody, smallJsonBody } from './body/json-body.ts';
import { type CallbackFault, callbackFault } from './callbacks/callback-check.ts';
import type { RequestEvents } from './events/request-events.ts';
import type { IdempotencyRecords } from './idempotency/idempotency-records.ts';
import { ByteBudget } from './memory/byte-budget.ts';
import type { ProducerMetrics } from './metrics/producer-metrics.ts';
import { openApiDocument } from './openapi/document.ts';
import { Problem } from './problems/problem.ts';
import { problemHandler } from './problems/problem-handler.ts';
import { acceptRequests } from './routes/accept.ts';
import { acceptStreams } from './routes/accept-stream.ts';
import { approveRequest, revokeRequest } from './routes/approvals.ts';
import { showCertificate, showLeaves } from './routes/certificates.ts';
import { listConsumers } from './routes/consumers.ts';
import { deleteSelection } from './routes/delete-selection.ts';
import { docsFiles, showDocs } from './routes/docs.ts';
import { type Readiness, showHealth, showReadiness } from './routes/health.ts';
import {
  addLegalHold,
  listLegalHolds,
  removeLegalHold,
  showHeldSessions,
  showLegalHold,
} from './routes/legal-holds.ts';
import { followRequest } from './routes/request-events.ts';
import { listRequests } from './routes/request-list.ts';
import { changeRequest, listItems, resolveParked, retryRequest, showRequest } from './routes/requests.ts';
import { listRules, previewRule, putRule, removeRule, runRule, showRule, showRuns } from './routes/rules.ts';
import { listSelections } from './routes/selection-list.ts';
import { showSelectedMetadata, showSelectedSessions } from './routes/selection-sessions.ts';
import { cancelSelection, makeSelection, showSelection } from './routes/selections.ts';
import { showSession } from './routes/sessions.ts';
import { startKind, stopKind } from './routes/switches.ts';
import { accessLog } from './server/access-log.ts';
import { bodyPace } from './server/body-pace.ts';
import { defaultSilenceMs } from './server/deadline.ts';
import { requireHost } from './server/require-host.ts';
import { securityHeaders } from './server/security-headers.ts';
import { StreamRoom } from './streams/stream-room.ts';
import { traceRequests } from './tracing/trace-requests.ts';

/**
 * Full bodies held in memory at once. Held are the items: 17 bytes for a UUID, which is less than half of the body, any other
 * text as long as it is.
 */
const fullBodiesAtOnce = 4;

export interface AppContext {
  queue: SessionQueue & Selections & { rules: Rules };
  idempotency: IdempotencyRecords;
  events: RequestEvents;
  /** Absent on a producer that asks for no token, which answers local callers only. */
  findCaller?: FindCaller;
  /** How many calls a minute a caller may make to this process, unless its key says otherwise (0, which is any number). */
  ratePerMinute?: number;
  /** Absent on a producer that tells nobody of a request's end. */
  callbackFault?: CallbackFault;
  checkReadiness: () => Promise<Readiness>;
  log: Logger;
  /** Nothing is measured when absent. */
  metrics?: ProducerMetrics;
  /** Nothing is traced when absent. */
  tracing?: Tracing | undefined;
  maxBodyBytes: number;
  /** How long Redis may be silent before a 503 (4,000 ms). */
  silenceMs?: number;
  /** How long a change of a request may take, when every single step is answered in time (30,000 ms). */
  changeMs?: number;
  /** How long a large body waits for room beside others (4,000 ms). */
  roomWaitMs?: number;
  /** In every such span of time a body that is not complete has to move (10,000 ms). */
  paceMs?: number;
  /** How long a body may take in all, unless it is a stream (300,000 ms). */
  bodyTimeMs?: number;
}

/** The HTTP API of the producer. */
export function createApp(context: AppContext): Express {
  const { queue, log, findCaller, maxBodyBytes, ratePerMinute = 0 } = context;
  const { silenceMs = defaultSilenceMs, changeMs = 30_000, roomWaitMs = 4_000, paceMs = 10_000 } = context;
  const { idempotency, metrics, tracing, callbackFault: faultOf = callbackFault(undefined) } = context;
  const shared = { queue, log, metrics, tracing, silenceMs, changeMs, idempotency, callbackFault: faultOf };
  const budget = new ByteBudget({ bytes: fullBodiesAtOnce * maxBodyBytes, waitMs: roomWaitMs });
  const room = new StreamRoom({ waitMs: roomWaitMs });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');

  if (tracing !== undefined) app.use(traceRequests(tracing));
  app.use(accessLog(log, metrics), securityHeaders(), requireHost, bodyPace(paceMs, context.bodyTimeMs));
  app.use('/v1', findCaller === undefined ? requireLocal : requireToken(findCaller, limitUnknown()));
  app.use('/v1', limitRate(ratePerMinute));

  // Whoever adds a route has to say what it takes to call it.
  const may = (path: string, scope: Scope | 'anybody', ...others: Scope[]): RequestHandler[] => [
    ...(scope === 'anybody' ? [] : [requires(scope, ...others)]),
    ...(path.startsWith('/v1/requests/:id') ? [requireOwnRequest(shared)] : []),
    ...(path.startsWith('/v1/selections/:id') ? [requireOwnSelection(shared)] : []),
    ...(path.startsWith('/v1/rules/:name') ? [requireOwnRule(shared)] : []),
    ...(path.startsWith('/v1/legal-holds/:id') ? [requireOwnHold(shared)] : []),
  ];
  const get = (path: string, scope: Scope | 'anybody', ...handlers: RequestHandler[]): void => {
    app.route(path).get(may(path, scope), handlers).all(refuseMethod('GET, HEAD'));
  };
  const post = (path: string, scope: Scope, ...handlers: RequestHandler[]): void => {
    app.route(path).post(may(path, scope), handlers).all(refuseMethod('POST'));
  };
  const manageRule = (path: string): void => {
    const route = app.route(path).get(may(path, 'request:read'), showRule(shared));
    route.put(requires('rule:manage'), ...filterJsonBody(), putRule(shared));
    route.delete(may(path, 'rule:manage'), removeRule(shared)).all(refuseMethod('GET, HEAD, PUT, DELETE'));
  };
  const accept = (kind: Kind): RequestHandler[] => [
    acceptStreams(kind, { ...shared, room }),
    ...bodyWithItems(kind, maxBodyBytes, budget),
    ...(kind === 'deletion' ? [deleteSelection({ ...shared, room })] : []),
    acceptRequests(kind, shared),
  ];
  const change = (method: 'cancel' | 'hold' | 'release'): RequestHandler[] => [
    ...optionalJsonBody(),
    changeRequest(shared, method),
  ];

  post('/v1/deletions', 'deletion:create', ...accept('deletion'));
  post('/v1/resubmissions', 'resubmission:create', ...accept('resubmission'));
  get('/v1/requests', 'request:read', listRequests(shared));
  get('/v1/requests/:id', 'request:read', showRequest(shared));
  get('/v1/requests/:id/items', 'request:read', listItems(shared));
  get('/v1/requests/:id/certificate', 'request:read', showCertificate(shared));
  get('/v1/requests/:id/certificate/leaves', 'request:read', showLeaves(shared));
  get('/v1/requests/:id/events', 'request:read', followRequest(shared, context.events));
  post('/v1/requests/:id/cancel', 'request:manage', ...change('cancel'));
  post('/v1/requests/:id/hold', 'request:manage', ...change('hold'));
  post('/v1/requests/:id/release', 'request:manage', ...change('release'));
  post('/v1/requests/:id/approve', 'deletion:approve', ...optionalJsonBody(), approveRequest(shared));
  // Whoever may approve may refuse to.
  const revoke = [...may('/v1/requests/:id/revoke', 'request:manage', 'deletion:approve'), ...smallJsonBody()];
  app.route('/v1/requests/:id/revoke').post(revoke, revokeRequest(shared)).all(refuseMethod('POST'));
  post('/v1/requests/:id/retry', 'request:manage', ...smallJsonBody(), retryRequest(shared));
  app
    .route('/v1/selections')
    .get(may('/v1/selections', 'request:read'), listSelections(shared))
    .post(may('/v1/selections', 'selection:create'), ...filterJsonBody(), makeSelection(shared))
    .all(refuseMethod('GET, HEAD, POST'));
  get('/v1/selections/:id', 'request:read', showSelection(shared));
  get('/v1/selections/:id/sessions', 'request:read', showSelectedSessions(shared));
  get('/v1/selections/:id/metadata', 'selection:create', showSelectedMetadata(shared));
  post('/v1/selections/:id/cancel', 'selection:create', ...optionalJsonBody(), cancelSelection(shared));
  get('/v1/rules', 'request:read', listRules(shared));
  manageRule('/v1/rules/:name');
  get('/v1/rules/:name/runs', 'request:read', showRuns(shared));
  post('/v1/rules/:name/run', 'rule:manage', ...optionalJsonBody(), runRule(shared));
  post('/v1/rules/:name/preview', 'rule:manage', ...optionalJsonBody(), previewRule(shared));
  app
    .route('/v1/legal-holds')
    .get(may('/v1/legal-holds', 'legal-hold:manage'), listLegalHolds(shared))
    .post(may('/v1/legal-holds', 'legal-hold:manage'), filterJsonBody(), addLegalHold(shared))
    .all(refuseMethod('GET, HEAD, POST'));
  app
    .route('/v1/legal-holds/:id')
    .get(may('/v1/legal-holds/:id', 'legal-hold:manage'), showLegalHold(shared))
    .delete(may('/v1/legal-holds/:id', 'legal-hold:manage'), smallJsonBody(), removeLegalHold(shared))
    .all(refuseMethod('GET, HEAD, DELETE'));
  get('/v1/legal-holds/:id/sessions', 'legal-hold:manage', showHeldSessions(shared));
  get('/v1/sessions/:id', 'request:read', showSession(shared));
  post('/v1/requests/:id/parked', 'request:manage', ...smallJsonBody(), resolveParked(shared));
  get('/v1/consumers', 'request:read', listConsumers(shared));
  post('/v1/stop', 'request:manage', requireEveryConsumer, ...smallJsonBody(), stopKind(shared));
  post('/v1/start', 'request:manage', requireEveryConsumer, ...smallJsonBody(), startKind(shared));
  get('/healthz', 'anybody', showHealth);
  get('/readyz', 'anybody', showReadiness(context.checkReadiness, silenceMs));
  const document = JSON.stringify(openApiDocument());
  get('/openapi.json', 'anybody', (_request, response) => {
    response.type('application/json').send(document);
  });

  get('/docs', 'anybody', showDocs);
  app.use('/docs', docsFiles());

  app.use(() => {
    throw new Problem('not-found', 'No such address. GET /openapi.json lists all of them.');
  });
  app.use(problemHandler(log));
  return app;
}

function refuseMethod(allow: string): RequestHandler {
  return (request) => {
    throw new Problem('method-not-allowed', `${request.method} is not possible here; ${allow} is.`, {
      headers: { Allow: allow },
    });
  };
}
