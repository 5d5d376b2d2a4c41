import { worker } from './suites.mjs';

/** @type {readonly import('../mutant.mjs').Mutant[]} nothing begins to be sent while a kind is stopped or its queue paused */
export const stopMutants = [
  {
    id: 'switch-ignored',
    invariant: 'stop',
    without: 'a kind that is stopped sends nothing',
    file: 'apps/worker/src/pump/gate.ts',
    text: 'const closed = paused || stop !== undefined;',
    becomes: 'const closed = paused;',
    suite: worker('by-hand\\.test', 'while all deletions are stopped'),
  },
  {
    id: 'pause-ignored',
    invariant: 'stop',
    without: 'a batch queue that is paused sends nothing',
    file: 'apps/worker/src/pump/gate.ts',
    text: 'const closed = paused || stop !== undefined;',
    becomes: 'const closed = stop !== undefined;',
    suite: worker('by-hand\\.test', 'while the batch queue is paused'),
  },
  {
    id: 'gate-asked-at-the-claim-only',
    invariant: 'stop',
    without: 'the stop is asked for right before each call',
    file: 'apps/worker/src/sender/sender.ts',
    text: "if (closed) return this.#putBack(lane, claim, 'the queue is stopped, or does not say');",
    becomes: '',
    suite: worker('sender\\.test'),
  },
  {
    id: 'silent-gate-is-open',
    invariant: 'stop',
    without: 'a stop that cannot be read counts as one',
    file: 'apps/worker/src/sender/sender.ts',
    text: 'gate.isClosed(lane.kind).catch(() => true)',
    becomes: 'gate.isClosed(lane.kind).catch(() => false)',
    suite: worker('sender\\.test'),
  },
  {
    id: 'permit-ignored',
    invariant: 'stop',
    without: 'what begin-send refuses is not sent',
    file: 'apps/worker/src/sender/sender.ts',
    text: "if (permit.is === 'no') return this.#putBack(",
    becomes: 'if (false) return this.#putBack(',
    suite: worker('sender\\.test'),
  },
];
