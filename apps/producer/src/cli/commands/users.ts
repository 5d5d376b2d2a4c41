import { hashPassword, isUserRole, userNamePattern, userRoles } from '@session-queue/core';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { helpText, usersHelp } from '../help-text.ts';
import { readNewPassword } from '../input/password.ts';
import { print, type Terminal, tell } from '../terminal.ts';

interface UserOptions {
  name: string;
  role: string;
  json?: boolean;
}

/** Adds `users new`, which asks nobody: the password is hashed here and kept nowhere. */
export function addUserCommands(program: Command, terminal: Terminal): void {
  program
    .command('users')
    .description('make users of the dashboard')
    .command('new')
    .description('hash a password, and make the line of DASHBOARD_USERS_FILE that knows it')
    .requiredOption('--name <name>', 'who it is; it stands in the audit log')
    .requiredOption('--role <role>', `what they may do: ${userRoles.join(', ')}`)
    .option('--json', 'print JSON for programs')
    .addHelpText('after', helpText(usersHelp, terminal.command))
    .action(async (options: UserOptions) => await newUser(terminal, options));
}

async function newUser(terminal: Terminal, { name, role, json = false }: UserOptions): Promise<void> {
  const faults = [
    ...(userNamePattern.test(name) ? [] : ['--name must be 1 to 64 letters, digits and . _ @ -']),
    ...(isUserRole(role) ? [] : [`--role must be one of ${userRoles.join(', ')}`]),
  ];
  if (faults.length > 0) throw new CommandFailure(exitCodes.usage, faults.join('\n'));
  const { text } = await hashPassword(await readNewPassword(terminal));
  const line = `${name}:${role}:${text}`;
  if (json) return print(terminal, JSON.stringify({ line }));
  tell(terminal, 'The line for the file that DASHBOARD_USERS_FILE names:');
  print(terminal, line);
}
