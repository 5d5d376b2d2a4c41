import { core, worker } from './suites.mjs';

const look = core('test/tombstones/tombstones\\.test');

/** @type {readonly import('../mutant.mjs').Mutant[]} what was deleted is not deleted twice, and not brought back (decision 26) */
export const tombstoneMutants = [
  {
    id: 'deletion-past-a-resubmission',
    invariant: 2,
    without: 'a deletion waits for a resubmission of its session that is under way',
    file: 'packages/core/src/tombstones/look-at-deletion.lua',
    text: "if not marked and not cancelled and some_resend and is_resending(print) then return 'w', no_print end",
    becomes: '',
    suite: look,
  },
  {
    id: 'marked-at-every-look',
    invariant: 11,
    without: 'a batch that is looked at again marks its sessions no second time',
    file: 'packages/core/src/tombstones/look-at-deletion.lua',
    text: 'if not marked or not value then mark_deleting(print, value) end',
    becomes: 'mark_deleting(print, value)',
    suite: look,
  },
  {
    id: 'looked-at-without-the-claim',
    invariant: 2,
    without: 'whoever has lost the claim marks nothing',
    file: 'packages/core/src/tombstones/look-at-deletion.lua',
    text: "if row[1] ~= 'claimed' or row[2] ~= ARGV[2] then return '' end",
    becomes: '',
    suite: look,
  },
  {
    id: 'mark-outlives-a-failed-deletion',
    invariant: 6,
    without: 'a deletion that has failed takes its mark back',
    file: 'packages/core/src/lanes/shared/tombstones.lua',
    text: '    unmark_deleting(print)\n',
    becomes: '    local _ = print\n',
    suite: look,
  },
  {
    id: 'children-without-prints',
    invariant: 4,
    without: 'the children of a split batch have the prints of their items',
    file: 'packages/core/src/lanes/resolve.lua',
    text: 'if prints then give_prints(kind, name, children[number].prints, retention) end',
    becomes: '',
    suite: look,
  },
  {
    id: 'unknown-outcome-blocks-no-deletion',
    invariant: 7,
    without: 'a resubmission of unknown outcome may still have its effect: a deletion waits for it',
    file: 'packages/core/src/lanes/shared/tombstones.lua',
    text: "if row[1] == 'ready' then return row[2] and true or false end",
    becomes: "if row[1] == 'ready' then return false end",
    suite: look,
  },
  {
    id: 'unreadable-counted-twice',
    invariant: 11,
    without: 'a submission that cannot be read is counted once, however often its batch is looked at',
    file: 'packages/core/src/tombstones/look-at-resubmission.lua',
    text: 'if string.sub(before, from, to) ~= unreadable_print then unreadable = unreadable + 1 end',
    becomes: 'unreadable = unreadable + 1',
    suite: look,
  },
  {
    id: 'sent-uninspected',
    invariant: 5,
    without: 'a batch is inspected before it is sent',
    file: 'apps/worker/src/sender/sender.ts',
    text: 'if (await this.#settleUnsent(lane, claim, batch, items)) return;',
    becomes: '',
    suite: worker('test/tombstones\\.test', 'deletes nothing twice'),
  },
];
