import { ruleModes } from '@session-queue/core';
import { type Command, Option } from 'commander';
import { listRules, previewRule, removeRule, runRule, showRule, showRuns, switchRule } from '../commands/rules.ts';
import { type RuleOptions, setRule } from '../commands/set-rule.ts';
import { ruleHelp } from '../help-text.ts';
import { personHere } from './change-commands.ts';
import type { Commands } from './program.ts';
import { addWhoOptions } from './selection-commands.ts';
import { wholeNumber } from './whole-number.ts';

/** `rules list`, `show`, `set`, `enable`, `disable`, `remove`, `run`, `preview` and `runs`. */
export function addRuleCommands(commands: Commands): void {
  const { program, add, run } = commands;
  const rules = program.command('rules').description('retention rules: what is selected on a schedule, and deleted');
  rules.addHelpText('after', ruleHelp);
  add('list', 'all rules, with their next and last run', '', rules)
    .option('-c, --consumer <name>', 'only for this set of Learnosity credentials')
    .action(async (options: { consumer?: string }) => {
      await run(options, async (session) => await listRules(session, options.consumer));
    });
  const one = (
    name: string,
    description: string,
    work: (...given: Parameters<typeof showRule>) => Promise<void>,
  ): void => {
    add(name, description, '', rules)
      .argument('<name>', 'the name of the rule')
      .action(async (rule: string, options: object) => {
        await run(options, async (session) => await work(session, rule));
      });
  };
  one('show', 'one rule', showRule);
  addSetCommand(commands, rules);
  one(
    'enable',
    'let a rule run by its schedule',
    async (session, name) => await switchRule(session, name, true, personHere()),
  );
  one(
    'disable',
    'let a rule run no more; a run that is under way deletes nothing',
    async (session, name) => await switchRule(session, name, false, personHere()),
  );
  one(
    'remove',
    'take a rule away; what it has asked for goes on',
    async (session, name) => await removeRule(session, name, personHere()),
  );
  one(
    'run',
    'have a rule run now, as its schedule would',
    async (session, name) => await runRule(session, name, personHere()),
  );
  one('preview', 'show what a rule would do now, and when it comes next; nothing is deleted', previewRule);
  one('runs', 'the last runs of a rule', showRuns);
}

function addSetCommand({ add, run }: Commands, rules: Command): void {
  const command = add('set', 'make a rule, or change all of it', ruleHelp, rules)
    .argument('<name>', 'the name of the rule')
    .option('--file <path>', 'the rule as JSON, as in the body of PUT /v1/rules; - for the standard input');
  addWhoOptions(command);
  for (const what of ['completed', 'started', 'updated']) {
    command
      .option(`--${what}-older-than <span>`, `${what} longer ago than P3Y, P18M, P90D`)
      .option(`--${what}-newer-than <span>`, `${what} no longer ago than that`);
  }
  command
    .option('--cron <pattern>', 'when: minute, hour, day of the month, month, day of the week')
    .option('--time-zone <zone>', 'by whose clock (default: UTC)')
    .option('--every <span>', 'in place of --cron: P1D, PT6H')
    .addOption(new Option('--mode <mode>', 'what to do with what is found').choices(ruleModes))
    .option('--cap <count>', 'of the mode delete: a run that finds more deletes nothing', wholeNumber)
    .option('-c, --consumer <name>', 'which set of Learnosity credentials (default: "default")')
    .option('-r, --reason <text>', 'why, for the record of every deletion')
    .option('--disabled', 'set it, and do not let it run yet')
    .option('-y, --yes', 'do not ask before a rule may delete by itself')
    .action(async (name: string, options: RuleOptions) => {
      await run(options, async (session) => await setRule(session, name, options, personHere()));
    });
}
