import { Command, Option } from 'commander';
import { type FakeLearnosityOptions, goneAnswers } from '../settings/options.ts';
import { optionsFrom } from './flags.ts';
import { teaching } from './teaching.ts';

const repeated = (text: string, before: string[] = []) => [...before, text];

/** The command line. `run` gets what it asks for; wrong options end the process with the reasons and code 1. */
export function commandLine(run: (options: FakeLearnosityOptions) => Promise<void>): Command {
  const program = new Command('fake-learnosity');
  return program
    .description('A strict stand-in for the Learnosity Data API on 127.0.0.1: quotas, jobs, scripted faults, books.')
    .option('--port <port>', 'port to listen on, 0 for a free one', '3040')
    .option('--consumer <key:secret:domain>', 'a consumer it knows; may be repeated', repeated)
    .option('--lts <versions>', 'versions it serves, separated by commas')
    .option('--removed-lts <versions>', 'versions it answers 410')
    .option('--quota <call=calls/ms>', 'a quota other than documented, or <call>=off; may be repeated', repeated)
    .option('--latency <ms>', 'from a call to its answer, for example 20-320')
    .option('--job-seconds <s>', 'from a job to its end, for example 1-5')
    .option('--halt-rate <share>', 'share of jobs that end halted, 0 to 1')
    .option('--sessions-file <file>', 'the sessions that exist, one a line: ids, or JSON')
    .option('--make-sessions <count>', 'sessions that exist, made from the seed; without either every id exists')
    .option('--without-metadata <share>', 'share of those made that /sessions/metadata never shows, 0 to 1')
    .option('--gone-file <file>', 'ids that are already gone, one a line')
    .addOption(new Option('--gone <answer>', 'what a deletion of ids already gone is answered').choices(goneAnswers))
    .option('--script <file>', 'JSON file of faults that are in force from the start')
    .option('--seed <text>', 'seeds all randomness, job references too')
    .option('--lean', 'keep totals only, for benchmarks with millions of items')
    .addHelpText('after', teaching)
    .action((flags: unknown) => {
      let options: FakeLearnosityOptions;
      try {
        options = optionsFrom(flags);
      } catch (error) {
        return program.error(error instanceof Error ? error.message : String(error));
      }
      return run(options);
    });
}
