import { createBullBoard } from '@bull-board/api';
import type { AfterHook, UIConfig } from '@bull-board/api/typings/app';
import type { RedisConnection } from '@session-queue/core';
import { type RequestHandler, Router } from 'express';
import type { Role } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { may } from '../actions/least-roles.ts';
import type { Queues } from '../queues.ts';
import { BatchRecords } from './batch-records.ts';
import { FramedAdapter } from './framed-adapter.ts';
import type { Guard } from './guard.ts';
import { queueAdapter } from './queue-adapter.ts';
import { shownQueues } from './shown-queues.ts';
import { boardTheme } from './theme.ts';
import { VisibleAnswers } from './visible-answers.ts';

export interface BoardOptions {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  caller: Caller;
  guard: Guard;
  /** Where the board is mounted. */
  basePath: string;
}

/**
 * Bull Board over every queue. Each role has one, since what its page offers is fixed when it is
 * made; what its API does is decided by the guard, call by call.
 */
export function board(options: BoardOptions): RequestHandler {
  const boards = {
    viewer: boardFor('viewer', options),
    operator: boardFor('operator', options),
    admin: boardFor('admin', options),
  };
  return (request, response, next) => {
    const role = options.caller.current?.role ?? 'viewer';
    boards[role](request, response, next);
  };
}

function boardFor(role: Role, { redis, prefix, queues, caller, guard, basePath }: BoardOptions): RequestHandler {
  const serverAdapter = new FramedAdapter(() => signedIn(caller));
  serverAdapter.setBasePath(basePath);
  const shown = shownQueues(queues);
  const answers = new VisibleAnswers(shown, new BatchRecords(redis, prefix));
  createBullBoard({
    queues: shown.map((queue) => queueAdapter(queue, role)),
    serverAdapter,
    options: { uiConfig: uiConfig(role), handlerHooks: { before: guard.before, after: after(guard, answers) } },
  });
  return Router().use(serverAdapter.getRouter());
}

function after(guard: Guard, answers: VisibleAnswers): AfterHook {
  return async (context, result) => {
    await guard.recordDone(context, result.status ?? 200);
    if ((result.status ?? 200) >= 400) return result;
    return { ...result, body: (await answers.of(context, result.body)) as typeof result.body };
  };
}

function uiConfig(role: Role): UIConfig {
  return {
    boardTitle: 'Queues',
    boardLogo: { path: '/assets/logo.svg', width: 24, height: 24 },
    favIcon: { default: '/assets/logo.svg', alternative: '/assets/logo.svg' },
    hideDocsLink: true,
    // Version, system and memory of the Redis host are for those who look after it.
    hideRedisDetails: !may({ role }, 'see-redis'),
    overview: { groupByDelimiter: true },
    theme: boardTheme,
  };
}
