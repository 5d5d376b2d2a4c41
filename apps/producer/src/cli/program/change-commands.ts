import { userInfo } from 'node:os';
import { type Kind, kinds } from '@session-queue/core';
import { Argument, type Command, Option } from 'commander';
import { changeRequest, start, stop } from '../commands/change.ts';
import { approveHelp, parkedHelp, retryHelp, revokeHelp, stopHelp } from '../help-text.ts';
import type { Commands } from './program.ts';

const changes = [
  ['cancel', 'cancel what has not been sent; what is under way goes on to its end'],
  ['hold', 'take no new items of a request until it is released'],
  ['release', 'go on with a held request'],
] as const;

/** `cancel`, `hold`, `release`, `approve`, `revoke`, `retry`, `parked`, and the switch that stops a kind. */
export function addChangeCommands({ add, run }: Commands): void {
  for (const [method, description] of changes) {
    add(method, description)
      .argument('<id>', 'the id of the request')
      .action(async (id: string, options: object) => {
        await run(options, async (session) => await changeRequest(session, (queue) => queue[method](id)));
      });
  }
  add('approve', 'approve of a deletion as a second person', approveHelp)
    .argument('<id>', 'the id of the request')
    .option('-r, --reason <text>', 'why, for the record')
    .action(async (id: string, options: { reason?: string }) => {
      const approval = { reason: options.reason, by: personHere().by ?? '' };
      await run(options, async (session) => await changeRequest(session, (queue) => queue.approve(id, approval)));
    });
  add('revoke', 'end a deletion before anything of it is sent', revokeHelp)
    .argument('<id>', 'the id of the request')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(async (id: string, options: { reason: string }) => {
      const why = { reason: options.reason, ...personHere() };
      await run(options, async (session) => await changeRequest(session, (queue) => queue.revoke(id, why)));
    });
  add('retry', 'put the failed items of a finished request back in line', retryHelp)
    .argument('<id>', 'the id of the request')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(async (id: string, options: { reason: string }) => {
      const { reason } = options;
      // Over HTTP it is whom the token names.
      const why = { reason, ...personHere() };
      await run(options, async (session) => await changeRequest(session, (queue) => queue.retryFailed(id, why)));
    });
  add('parked', 'decide what becomes of parked items', parkedHelp)
    .argument('<id>', 'the id of the request')
    .addArgument(new Argument('<action>', 'send them again, or fail them').choices(parkedActions))
    .action(async (id: string, action: (typeof parkedActions)[number], options: object) => {
      await run(options, async (session) => await changeRequest(session, (queue) => queue.resolveParked(id, action)));
    });
  addKindOption(add('stop', 'stop every deletion, of all consumers', stopHelp))
    .requiredOption('-r, --reason <text>', 'why, for the people who will ask')
    .action(async (options: { kind: Kind; reason: string }) => {
      const { kind, reason } = options;
      await run(options, async (session) => await stop(session, kind, { reason, ...personHere() }));
    });
  addKindOption(add('start', 'go on after a stop'))
    .option('-r, --reason <text>', 'why, for the journal of evidence')
    .action(async (options: { kind: Kind; reason?: string }) => {
      const { kind, reason } = options;
      await run(options, async (session) => await start(session, kind, { reason, ...personHere() }));
    });
}

/** Who runs this, by the system's name for them; some containers have none. */
export function personHere(): { by?: string } {
  try {
    return { by: userInfo().username };
  } catch {
    return {};
  }
}

const parkedActions = ['resend', 'fail'] as const;

function addKindOption(command: Command): Command {
  return command.addOption(new Option('-k, --kind <kind>', 'what').choices(kinds).default('deletion'));
}
