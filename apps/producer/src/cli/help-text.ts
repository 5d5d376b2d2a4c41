/** What stands in the examples below for how the program is called. */
const placeholder = 'session-queue';

/** Help with examples that can be typed as they stand. */
export function helpText(text: string, command: string): string {
  return text.replaceAll(`${placeholder} `, () => `${command} `);
}

/** What `--help` ends with. */
export const overview = `
Examples:
  $ session-queue delete --file ids.csv --reason "asked for by the learner"
  $ session-queue delete 1f0c5a1e-0000-4000-8000-000000000001 --yes
  $ session-queue resubmit --dir failed-submissions --follow
  $ session-queue status 5b8f... --follow
  $ session-queue items 5b8f... --state failed > failed.tsv

delete asks a person first; where nobody can be asked (a script, a pipe) it sends nothing without --yes.
Every command is one call of the producer; delete and resubmit send all items in one request. Both carry an
Idempotency-Key made from their content: given again within 24 hours, after an error or by mistake, the same command is
the same request and not a second one.

Exit codes:
  0  done
  1  it ended without success, needs a person, or was not confirmed
  2  wrong arguments or files; nothing was sent
  3  the producer refused
  4  the producer or its Redis was away; the same command is safe to repeat
`;

export const deleteHelp = `
A file is CSV (commas, semicolons or tabs; quotes as usual), or one id a line. Its column is the one named by --column,
else one called session_id or the like, else the only one. Every id is checked before anything is sent.

Examples:
  $ session-queue delete --file ids.csv
  $ session-queue delete --file export.csv --column "Learnosity session" --consumer north
  $ zcat ids.txt.gz | session-queue delete --file - --yes --json
`;

export const resubmitHelp = `
Each file holds one failed submission: the base64 text that the learner saved when sending failed.

Examples:
  $ session-queue resubmit --dir failed-submissions
  $ session-queue resubmit one.txt two.txt --consumer north --follow
`;

export const itemsHelp = `
Prints a line for each item: the item, the code and the message, separated by tabs; with --json an object a line.

Examples:
  $ session-queue items 5b8f... --state failed
  $ session-queue items 5b8f... --state parked --json
`;

export const parkedHelp = `
An item is parked when it was sent without an answer and sending it twice could do harm. Look at Learnosity whether it
arrived, then send it again or give it up.

Examples:
  $ session-queue items 5b8f... --state parked
  $ session-queue parked 5b8f... resend
`;

export const stopHelp = `
Nothing of the kind is sent from the next call on, for every consumer; requests are still accepted and wait.

Example:
  $ session-queue stop --reason "wrong list uploaded"
`;

export const keysHelp = `
The producer keeps the hash only: give the token to whoever calls it, and the entry to the producer, which reads its file
again when it changes. To take a key back, take its entry out.

Examples:
  $ session-queue keys new --name lms --scopes deletion:create,request:read
  $ session-queue keys new --name exams --scopes request:read --consumers north,west --expires 2027-01-31
`;
