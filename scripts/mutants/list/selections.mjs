import { core, worker } from './suites.mjs';

/** @type {readonly import('../mutant.mjs').Mutant[]} exactly what was looked at is deleted, and every page is walked once */
export const selectionMutants = [
  {
    id: 'page-slot-not-held',
    invariant: 3,
    without: 'a page of a walk takes a slot of its endpoint',
    file: 'packages/core/src/selections/scripts/take-page-slot.lua',
    text: "hold_slot('metadata', slot, exact + lease + window)",
    becomes: '',
    suite: core('selections/walks\\.test', 'takes slots of its own endpoint'),
  },
  {
    id: 'page-recorded-twice',
    invariant: 11,
    without: 'a page that is recorded is not recorded again',
    file: 'packages/core/src/selections/scripts/record-page.lua',
    text: "if pages <= standing then return { 'recorded' } end",
    becomes: "if pages < standing then return { 'recorded' } end",
    suite: core('selections/walks\\.test', 'keeps each page once'),
  },
  {
    id: 'page-of-another-walker',
    invariant: 'selection',
    without: 'only who holds a walk records its pages and ends it',
    file: 'packages/core/src/selections/scripts/selection.lua',
    text: "return row[1] == 'walking' and row[2] == token",
    becomes: "return row[1] == 'walking'",
    suite: core('selections/walks\\.test', 'is walked by one at a time'),
  },
  {
    id: 'ready-with-others-than-counted',
    invariant: 'selection',
    without: 'a selection is ready with as many sessions as its digest covers',
    file: 'packages/core/src/selections/scripts/end-walk.lua',
    text: "if redis.call('LLEN', key .. ':items') ~= tonumber(ARGV[4]) then return 0 end",
    becomes: '',
    suite: core('selections/walks\\.test', 'ends with its count and digest'),
  },
  {
    id: 'selection-changed-since',
    invariant: 'selection',
    without: 'what is stored for deletion is what the digest covers, to the last session',
    file: 'packages/core/src/client/selecting.ts',
    text: 'throw refusalOver(digest.count, expected);',
    becomes: 'return;',
    suite: worker('walker\\.test', 'lost a session since'),
  },
  {
    id: 'walking-selection-deleted',
    invariant: 'selection',
    without: 'only a selection that is ready can be deleted',
    file: 'packages/core/src/client/selecting.ts',
    text: "if (view.state !== 'ready')",
    becomes: 'if (false)',
    suite: worker('walker\\.test', 'still walks'),
  },
];
