#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';
import { processTerminal } from './cli/terminal.ts';

// Whoever reads the output may stop early (`| head`): not an error of this command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

// The first Ctrl-C ends what is under way in order; a second one ends the process, as it would without this.
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

process.exitCode = await runCli(process.argv.slice(2), process.env, processTerminal(interruption.signal));
