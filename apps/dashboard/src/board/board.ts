import { createBullBoard } from '@bull-board/api';
import type { AfterHook, UIConfig } from '@bull-board/api/typings/app';
import { type RequestHandler, Router } from 'express';
import type { Role } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import type { Queues } from '../queues.ts';
import type { Guard } from './guard.ts';
import { OfflineAdapter } from './offline-adapter.ts';
import { type BoardQueue, queueAdapter } from './queue-adapter.ts';
import { boardTheme } from './theme.ts';
import { visibleBody } from './visible-job.ts';

export interface BoardOptions {
  queues: Queues;
  caller: Caller;
  guard: Guard;
  /** Where the board is mounted. */
  basePath: string;
}

/**
 * Bull Board over the four queues. Viewers and admins have one each, since what its page offers is fixed when it is
 * made; what its API does is decided by the guard, call by call.
 */
export function board(options: BoardOptions): RequestHandler {
  const boards = { viewer: boardFor('viewer', options), admin: boardFor('admin', options) };
  return (request, response, next) => {
    const role = options.caller.current?.role ?? 'viewer';
    boards[role](request, response, next);
  };
}

function boardFor(role: Role, { queues, guard, basePath }: BoardOptions): RequestHandler {
  const serverAdapter = new OfflineAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: boardQueues(queues).map((queue) => queueAdapter(queue, role)),
    serverAdapter,
    options: { uiConfig: uiConfig(role), handlerHooks: { before: guard.before, after: after(guard) } },
  });
  return Router().use(serverAdapter.getRouter());
}

function after(guard: Guard): AfterHook {
  return (context, result) => {
    guard.recordDone(context, result.status ?? 200);
    if ((result.status ?? 200) >= 400) return result;
    return { ...result, body: visibleBody(context.route, result.body) as typeof result.body };
  };
}

function boardQueues(queues: Queues): BoardQueue[] {
  return queues.kinds.flatMap(({ kind, requests, batches }) => [
    { queue: requests, holds: 'requests', description: `Requests for ${kind}: one job each, delayed while open` },
    {
      queue: batches,
      holds: 'batches',
      description: `Calls for ${kind}: up to 50 items each, delayed while open`,
    },
  ]);
}

function uiConfig(role: Role): UIConfig {
  return {
    boardTitle: 'Session Queue',
    boardLogo: { path: '/assets/logo.svg', width: 24, height: 24 },
    favIcon: { default: '/assets/logo.svg', alternative: '/assets/logo.svg' },
    miscLinks: [{ text: 'Overview', url: '/' }],
    hideDocsLink: true,
    // Version, system and memory of the Redis host are for those who look after it.
    hideRedisDetails: role !== 'admin',
    overview: { groupByDelimiter: true },
    theme: boardTheme,
  };
}
