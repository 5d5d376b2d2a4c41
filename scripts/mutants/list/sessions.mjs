import { core, worker } from './suites.mjs';

/** @type {readonly import('../mutant.mjs').Mutant[]} 6: the index of sessions says of every item what the counts say */
export const sessionMutants = [
  {
    id: 'cancel-leaves-no-mark',
    invariant: 6,
    without: 'a request whose list was dropped says so: what waited in it is cancelled',
    file: 'packages/core/src/requests/scripts/cancel.lua',
    text: "redis.call('HSET', key, 'dropped', 1)",
    becomes: 'local _ = 1',
    suite: core('lanes/lifecycle\\.properties', 'deletion with an index'),
  },
  {
    id: 'cancelled-while-under-way',
    invariant: 6,
    without: 'a session of a cancelled request is looked for in the batches that are on their way',
    file: 'packages/core/src/sessions/find.lua',
    text: 'and not (tonumber(row[5] or 0) > 0 and is_under_way(id))',
    becomes: '',
    suite: core('sessions/find-session', 'of a cancelled request'),
  },
  {
    id: 'retried-sessions-dropped-unnoted',
    invariant: 6,
    without: 'a cancel notes each session of a request of which some were put back in line',
    file: 'packages/core/src/requests/scripts/redrive.lua',
    text: "if action ~= 'fail' then redis.call('HSET', key, 'redriven', 1) end",
    becomes: '',
    suite: core('sessions/find-session', 'of a cancelled request'),
  },
  {
    id: 'number-of-a-record-that-is-gone',
    invariant: 6,
    without: 'what is noted under a number that no record knows counts for nothing',
    file: 'packages/core/src/sessions/table.lua',
    text: "id and tonumber(redis.call('HGET', request_key(id), 'number') or 0) == number and id",
    becomes: 'id',
    suite: core('sessions/find-session', 'aged out'),
  },
  {
    id: 'index-never-swept',
    invariant: 6,
    without: 'the rounds sweep the index',
    file: 'apps/worker/src/reconciler/repair.ts',
    text: 'if (performance.now() >= this.#sweepDueAt) await this.#sweep(onStep);',
    becomes: '',
    suite: worker('session-index\\.test', 'lets the index go'),
  },
];
