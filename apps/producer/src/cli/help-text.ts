/** What stands in the examples below for how the program is called. */
const placeholder = 'session-queue';

/** Help with examples that can be typed as they stand. */
export function helpText(text: string, command: string): string {
  return text.replaceAll(`${placeholder} `, () => `${command} `);
}

/** What `--help` ends with. */
export const overview = `
Examples:
  $ session-queue delete --file ids.csv --reason "asked for by the learner" --dry-run
  $ session-queue delete --file ids.csv --reason "asked for by the learner" --watch
  $ session-queue resubmit failed-submissions/ --watch
  $ session-queue select --activity maths-2023 --completed-before 2024-01-01 --watch
  $ session-queue list --state failed --since 2d
  $ session-queue items 5b8f... --failed --csv > failed.csv
  $ session-queue doctor

Before sessions are deleted a person types their number; where nobody can be asked (a script, a pipe) nothing is sent
without --yes. The same delete or resubmit twice, after an error or by mistake, is one request and not two.

Commands go to the producer over HTTP, or with --redis straight to the Redis of the workers.

Exit codes:
  0    done
  1    it ended without success, needs a person, or was not confirmed; doctor found something to mend
  2    wrong arguments or files; nothing was sent
  3    refused
  4    the producer or Redis was away, or had no room; the same command is safe to repeat
  130  interrupted
`;

export const deleteHelp = `
A file is CSV (commas, semicolons or tabs; quotes as usual), one id a line, or NDJSON ("id" or {"sessionId": "id"} a line);
any of them may be gzip. The column of a CSV is the one named by --column, else one called session_id or the like, else
the only one. Every id is checked before anything is sent, and bad lines are named; files may be of any length.

With --selection exactly what a selection found is deleted: a person sees the filter and types the number; a script gives
--yes with the digest and the count that somebody has looked at, and where either is another nothing is deleted.

With --require-approval nothing is sent before a second person has approved, by approve, over HTTP or on the dashboard. What
is over the consumer's own bound waits so without it.

Examples:
  $ session-queue delete --file ids.csv --dry-run
  $ session-queue delete --file ids.csv --reason "end of contract" --require-approval
  $ session-queue delete --file export.csv --column "Learnosity session" --consumer north
  $ session-queue delete --file ids.ndjson.gz --not-before 12h --priority low --yes
  $ grep -v keep ids.txt | session-queue delete --file - --yes --json
  $ session-queue delete --selection 2b1d... --reason retention --watch
`;

export const resubmitHelp = `
Each file holds one failed submission: the base64 text that the learner saved when sending failed. Or many, as NDJSON ("text"
or {"submission": "text"} a line). Of a folder all files are taken, but hidden ones and those in folders below.

Examples:
  $ session-queue resubmit failed-submissions/ --dry-run
  $ session-queue resubmit one.txt two.txt --consumer north --watch
`;

export const selectHelp = `
A worker reads from Learnosity, page by page, which sessions fit everything that is given. Nothing is deleted: look at what
it found with preview, then delete exactly that. Sessions without metadata are found by no filter. Times are whole seconds;
whether Learnosity takes the second of a time that is the end as within is not documented. Each call is a selection of its
own, unless --idempotency-key says that it is the same.

With --break-down it also says how many of the sessions are of each status, activity or user: of those that --into names, at
most 100, else of those of the filter, else of all statuses. Learnosity's answers do not tell them apart, so that each value
takes a walk of its own, and the selection is ready behind the last. It changes nothing about what is deleted.

Exit code 1 with --watch unless it became ready.

Examples:
  $ session-queue select --activity maths-2023 --completed-before 2024-01-01 --reason retention --watch
  $ session-queue select --user u1 --user u2 --status Completed "Pending Scoring"
  $ session-queue select --started-before 90d --status Incomplete --consumer north --json
  $ session-queue select --session-ids-file ids.csv --status Discarded --watch
  $ session-queue select --completed-before 2024-01-01 --break-down status --watch
  $ session-queue select --started-before 90d --break-down activity --into maths --into music
`;

export const previewHelp = `
Shows the count, the digest, the filter and the first sessions; as CSV or NDJSON the sessions alone, all of them unless
--limit says otherwise. They are there once the selection is ready. With --json an object that has the first as "sessionIds".
With --metadata what Learnosity tells of each session, where select was told to keep it. An output that ends with another
exit code than 0 is not all.

Examples:
  $ session-queue preview 2b1d...
  $ session-queue preview 2b1d... --csv > look.csv
  $ session-queue preview 2b1d... --metadata > kept.ndjson
  $ session-queue delete --selection 2b1d... --reason retention
`;

export const selectionsHelp = `
A table on a terminal; anywhere else all columns of each selection, separated by tabs; with --json an object a line.

Examples:
  $ session-queue selections --state ready --since 30d
  $ session-queue selections --consumer north --all --json
`;

export const ruleHelp = `
A rule selects sessions on a schedule, by times that go with the clock, and then reports their number (report), asks for a
deletion that waits for a second person (approve), or deletes (delete). One that finds more than its cap deletes nothing at
all. Spans back from now are ISO 8601 durations, by the calendar of UTC: P3Y, P18M, P90D.

Examples:
  $ session-queue rules set three-years --completed-older-than P3Y --cron '0 3 * * 0' --time-zone Europe/Berlin --mode report --reason retention
  $ session-queue rules preview three-years
  $ session-queue rules set drafts --status Incomplete --updated-older-than P90D --every P1D --mode delete --cap 5000 --reason drafts
  $ session-queue rules set three-years --file rule.json
  $ session-queue rules disable drafts
  $ session-queue rules runs drafts
`;

export const watchHelp = `
Bars on a terminal, a line every 5 s at most anywhere else, with --json a line for each change. Ends with the request, or
when all that is left of it is parked; exit code 1 unless it completed. The rate is that of the last half minute.

Example:
  $ session-queue watch 5b8f... && echo all gone
`;

export const listHelp = `
A table on a terminal; anywhere else all columns of each request, separated by tabs; with --json an object a line.

Examples:
  $ session-queue list --state processing
  $ session-queue list --kind deletion --consumer north --since 2d --until 12h --all --json
`;

export const itemsHelp = `
Prints a line for each item: the item, the code and the message, separated by tabs; or as CSV; or with --json an object a
line. Control characters become ? but in CSV and JSON.

Examples:
  $ session-queue items 5b8f... --failed
  $ session-queue items 5b8f... --parked --csv > parked.csv
`;

export const retryHelp = `
Example:
  $ session-queue retry 5b8f... --reason "rights were mended"
`;

export const approveHelp = `
A deletion waits for this when its consumer is set up so, or when whoever asked wished it. Whoever asked for it cannot approve of it. Over
HTTP the token names who approves, and needs the scope deletion:approve; straight to Redis it is the system's user, taken at their word.

Example:
  $ session-queue approve 5b8f... --reason "list compared with the contract"
`;

export const revokeHelp = `
While a deletion waits for its approval or its time nothing of it has been sent, and this ends it. Later it can be cancelled.

Example:
  $ session-queue revoke 5b8f... --reason "wrong list uploaded"
`;

export const parkedHelp = `
An item is parked when it was sent without an answer and sending it twice could do harm. Look at Learnosity whether it
arrived, then send it again or give it up.

Examples:
  $ session-queue items 5b8f... --parked
  $ session-queue parked 5b8f... resend
`;

export const stopHelp = `
Nothing of the kind is sent from the next call on, for every consumer; requests are still accepted and wait.

Example:
  $ session-queue stop --reason "wrong list uploaded"
`;

export const legalHoldHelp = `
What is held is never sent for deletion, whoever asks and however: its item fails with the code legal_hold. Sessions of a user or an
activity are found through their metadata; until they are, no deletion of the consumer is sent. Where nothing is found, list says so, and
doctor --redis: see how the id is spelled. A list of more than 1,000 makes several holds. Over HTTP the token needs the scope
legal-hold:manage. Who places or lifts a hold, and why, stands in the journal of evidence.

Examples:
  $ session-queue legal-hold add 88336e4c-04de-4274-ae31-39957b230f98 --reason "case 2027-12"
  $ session-queue legal-hold add --user learner-17 --reason "case 2027-12"
  $ session-queue legal-hold list
  $ session-queue legal-hold show 0d9c...
  $ session-queue legal-hold remove 0d9c... --reason "case 2027-12 is closed"
`;

export const keysHelp = `
The producer keeps the hash only: give the token to whoever calls it, and the entry to the producer, which reads its file
again when it changes. To take a key back, take its entry out.

Examples:
  $ session-queue keys new --name lms --scopes deletion:create,request:read
  $ session-queue keys new --name exams --scopes request:read --consumers north,west --expires 2027-01-31
`;

export const usersHelp = `
The password is typed twice and not shown, or is the only line of the standard input. The dashboard reads its file again when it
changes: a new line lets somebody in, a new role counts at once, and whose line is gone is signed out within seconds.

Examples:
  $ session-queue users new --name ada --role admin >> secrets/dashboard-users
  $ pass show queue/olga | session-queue users new --name olga --role operator
`;

export const certificateHelp = `
Prints the certificate as it was signed: what was asked, what became of how many sessions, when, and by what it can be checked. With up to
10,000 sessions it carries their salted leaves; of more they are a file of their own (--leaves). Who has leaves can try out ids
that can be guessed; Learnosity's own are random.

Exit code 3 while the request is open, and where there is no certificate; the message says why.

Examples:
  $ session-queue certificate 5b8f... -o certificate.json
  $ session-queue certificate 5b8f... --html -o certificate.html
  $ session-queue certificate 5b8f... --leaves -o leaves.ndjson
`;

export const verifyJournalHelp = `
Reads folders of a journal (EVIDENCE_DIR/<consumer>) or its files in their order, offline; or what a store holds below
EVIDENCE_S3_URL/<consumer>, with the EVIDENCE_S3_ settings and credentials of the environment: to read is enough. Names the first
record that was changed, is missing, stands elsewhere, or is not what was signed. The end of a journal can be cut off behind a
checkpoint: a certificate, or a head that was kept in another place, tells.

Exit code 0 when it is as it was signed (what follows the last checkpoint is said, and proves nothing), 1 when it is not, 4 when the
store could not be read.

Examples:
  $ session-queue verify-journal journal/default --public-key evidence.pub
  $ session-queue verify-journal journal/default --public-key evidence.pub --certificate certificate.json
  $ session-queue verify-journal s3://evidence/session-queue/default --public-key evidence.pub
`;

export const verifyCertificateHelp = `
Checks a certificate offline with the public key alone. With session ids it says whether each is among those that are gone; no id is printed.

Exit code 0 when it is genuine and every session that was asked for is among them; 1 when not.

Examples:
  $ session-queue verify-certificate certificate.json --public-key evidence.pub
  $ session-queue verify-certificate certificate.json --public-key evidence.pub --session 88336e4c-04de-4274-ae31-39957b230f98
  $ session-queue verify-certificate large.json --leaves leaves.ndjson --public-key evidence.pub --sessions-file ids.csv
`;

export const evidenceKeyHelp = `
Writes the private key to a file that only you may read, for EVIDENCE_KEY_FILE of the workers, and prints the public key: give that to
whoever is to check. Keep old public keys: a journal is checked with all that were in use.

Example:
  $ session-queue evidence-key -o secrets/evidence-key > evidence.pub
`;

export const doctorHelp = `
Over HTTP: whether the producer is there and ready, its version and clock, whether it takes the token, and the consumers. With --redis:
the settings of Redis, its clock, living workers, versions, paused queues, stopped lanes, legal holds on nothing. Exit code 1 when something is bad.

Examples:
  $ session-queue doctor
  $ session-queue doctor --redis redis://127.0.0.1:6379
`;

export const completionHelp = `
Examples:
  $ source <(session-queue completion bash)
  $ source <(session-queue completion zsh)
  $ session-queue completion fish > ~/.config/fish/completions/session-queue.fish
`;
