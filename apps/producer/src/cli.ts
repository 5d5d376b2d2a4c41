#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';
import { processTerminal } from './cli/terminal.ts';

// Whoever reads the output may stop early (`| head`): not an error of this command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const { SESSION_QUEUE_URL, SESSION_QUEUE_TOKEN } = process.env;
process.exitCode = await runCli(process.argv.slice(2), { SESSION_QUEUE_URL, SESSION_QUEUE_TOKEN }, processTerminal());
