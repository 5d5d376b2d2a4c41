import { Option } from 'commander';
import { type CertificateOptions, certificate } from '../commands/certificate.ts';
import { evidenceKey } from '../commands/evidence-key.ts';
import { type VerifyCertificateOptions, verifyCertificateFile } from '../commands/verify-certificate.ts';
import { type VerifyJournalOptions, verifyJournalFiles } from '../commands/verify-journal.ts';
import { certificateHelp, evidenceKeyHelp, helpText, verifyCertificateHelp, verifyJournalHelp } from '../help-text.ts';
import { collected } from './collected.ts';
import type { Commands } from './program.ts';

/** `certificate` */
export function addCertificateCommand({ add, run }: Commands): void {
  add('certificate', 'get what proves a deletion offline', certificateHelp)
    .argument('<id>', 'the id of the request')
    .option('--html', 'as a page to print')
    .addOption(new Option('--leaves', 'the file of leaves of a large certificate').conflicts('html'))
    .option('-o, --output <path>', 'write it to a file')
    .action(async (id: string, options: CertificateOptions) => {
      await run(options, async (session) => await certificate(session, id, options));
    });
}

/** `verify-journal` and `verify-certificate`, which talk to nobody but to the store that a journal is in. */
export function addVerifyCommands({ program, terminal, environment }: Commands): void {
  program
    .command('verify-journal')
    .description('check a journal of evidence, and name what was done to it')
    .argument('<paths...>', 'a folder of a journal, its files in their order, or s3://bucket/prefix/consumer')
    .requiredOption('--public-key <path>', 'a key that it may be signed by; may be given more than once', collected)
    .option('--head <sequence:hash>', 'a record that must be there; may be given more than once', collected)
    .option('--certificate <path>', 'a certificate whose records must be there; may be given more than once', collected)
    .option('--after <sequence:hash>', 'the trusted record in front of the first, where older files are not there')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', helpText(verifyJournalHelp, terminal.command))
    .action(async (paths: string[], options: VerifyJournalOptions) => {
      await verifyJournalFiles(terminal, paths, environment, options);
    });
  program
    .command('verify-certificate')
    .description('check a certificate, and whether sessions are among those that are gone')
    .argument('<path>', 'the certificate, as JSON')
    .requiredOption('--public-key <path>', 'a key that it may be signed by; may be given more than once', collected)
    .option('--session <id>', 'whether this session is gone; may be given more than once', collected)
    .addOption(new Option('--sessions-file <path>', 'whether the sessions of this file are gone').conflicts('session'))
    .option('--leaves <path>', 'the file of leaves of a large certificate')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', helpText(verifyCertificateHelp, terminal.command))
    .action(async (path: string, options: VerifyCertificateOptions) => {
      await verifyCertificateFile(terminal, path, options);
    });
}

/** `evidence-key` */
export function addEvidenceKeyCommand({ program, terminal }: Commands): void {
  program
    .command('evidence-key')
    .description('make the key that workers sign evidence with')
    .requiredOption('-o, --output <path>', 'where the private key goes: a new file')
    .addHelpText('after', helpText(evidenceKeyHelp, terminal.command))
    .action(async ({ output }: { output: string }) => {
      await evidenceKey(terminal, output);
    });
}
