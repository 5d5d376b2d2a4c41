import { cappedForToday } from '../lanes/guards.ts';
import { stoppedByHand } from '../lanes/hand-stop.ts';
import { removedCode } from '../lanes/removed-batches.ts';
import { legalHoldCode } from '../legal-holds/legal-hold.ts';

/** What a code says, and what a person can do about it: each a sentence or two. */
export interface CodeMeaning {
  meaning: string;
  remedy: string;
}

const items = 'Look at the items that failed, mend what is wrong with them at the source, and ask for them again.';
const credentials =
  'Mend the credentials of this consumer in the workers’ settings and restart them. The lane goes on by itself.';
const address =
  'Set a version (LTS) and base URL that Learnosity serves in the workers’ settings, and restart them. The lane goes on by itself.';
const clock = 'Set the clocks of the workers’ machines by NTP. The lane goes on by itself.';
const itself = 'Nothing to do: it is tried again by itself.';
const network = 'Check name resolution, proxies and firewalls between the workers and Learnosity, and its base URL.';
const person =
  'See at Learnosity whether they arrived, then decide at the command line: session-queue parked <request> resend, or fail.';
const support = 'Retry the failed items once; if they fail again, ask Learnosity’s support with the job references.';

/** Codes of which Learnosity says only what group they are of. */
const signing = {
  meaning: 'Learnosity did not accept how the call was signed: key, secret, domain or the rights behind them.',
  remedy: credentials,
};
const rights = {
  meaning: 'Learnosity did not accept the caller: the consumer is disabled, or lacks a right.',
  remedy: credentials,
};

/**
 * Learnosity's own codes, as far as its pages on troubleshooting the Data and Events APIs tell; `decision.ts` says what the queue
 * does about each.
 */
const ofLearnosity: Readonly<Record<string, CodeMeaning>> = {
  10000: { meaning: 'Learnosity had an internal error.', remedy: itself },
  20000: { meaning: 'A field that Learnosity needs was missing.', remedy: items },
  20001: { meaning: 'A value was longer or shorter than Learnosity takes.', remedy: items },
  20002: { meaning: 'The call held more values than Learnosity takes.', remedy: items },
  20003: { meaning: 'A value was of another type than Learnosity takes.', remedy: items },
  20004: { meaning: 'A value was none that Learnosity takes.', remedy: items },
  20009: { meaning: 'What was sent was not of the form that Learnosity expects.', remedy: items },
  20011: { meaning: 'It is in conflict with what Learnosity has of this session.', remedy: items },
  20012: { meaning: 'Nothing is at the address that the workers call.', remedy: address },
  20016: {
    meaning: 'Learnosity has no such session (any more). Of a deletion that counts as succeeded.',
    remedy: 'Check that the session belongs to this consumer. A session that is gone cannot be resubmitted.',
  },
  20018: { meaning: 'Learnosity had a fault of its own with this session.', remedy: itself },
  20027: { meaning: 'Learnosity did not take the request.', remedy: items },
  30000: { meaning: 'Learnosity’s database has such an entry already.', remedy: items },
  30001: { meaning: 'Learnosity’s database lacks a value that this needs.', remedy: items },
  40000: rights,
  40001: rights,
  40002: { meaning: 'Learnosity could not check the credentials at that moment.', remedy: itself },
  40003: rights,
  41000: signing,
  41001: { meaning: 'Consumer key and secret were not accepted.', remedy: credentials },
  41002: { meaning: 'Learnosity does not know this consumer key.', remedy: credentials },
  41003: { meaning: 'The signature does not fit: key, secret or domain is wrong.', remedy: credentials },
  41004: { meaning: 'The time in the call is out of range: the clock of a worker is wrong.', remedy: clock },
  41005: signing,
  41006: signing,
  41007: signing,
  41008: signing,
  41009: signing,
  42000: {
    meaning: 'Over the quota: something else calls with this consumer’s key.',
    remedy: 'Find the other program and stop it, or give it a key of its own. Calls go on a window later.',
  },
  42001: { meaning: 'The version of the API that the workers call was removed.', remedy: address },
  43000: { meaning: 'The version of the API that the workers call is not served.', remedy: address },
  50100: { meaning: 'A service behind Learnosity’s API had a fault.', remedy: itself },
};

/** Our own codes, and those of a call that got no whole answer. */
const ofOurs: Readonly<Record<string, CodeMeaning>> = {
  halted: { meaning: 'Learnosity halted the job, several times over.', remedy: support },
  endless: { meaning: 'Learnosity did not end the job within 24 hours.', remedy: person },
  unknown: { meaning: 'A worker died while the call was under way: nobody knows whether it arrived.', remedy: person },
  missing: {
    meaning: 'The text of the submission is gone from Redis, so that it could not be sent.',
    remedy: 'Ask for it again from the source. Find out who removes keys from this Redis.',
  },
  [stoppedByHand]: {
    meaning: 'A person has stopped this lane.',
    remedy: 'Start the lane again when the reason is over.',
  },
  [cappedForToday]: {
    meaning: 'As many deletions as the consumer may have on one day were taken up.',
    remedy:
      'It goes on by itself at 00:00 UTC. If that is too late, raise deletionsPerDay of the consumer in the workers.',
  },
  [removedCode]: {
    meaning:
      'Somebody took the record of its batch out of Redis: nobody knows whether it was sent, and it is in no list.',
    remedy:
      'Ask for all items of the request again: of a deletion what is gone counts as absent. Find out who removes keys from this Redis.',
  },
  [legalHoldCode]: {
    meaning: 'The session is under a legal hold, and was not deleted.',
    remedy: 'If the hold is over, lift it, and retry the failed items.',
  },
  session_deleted: {
    meaning: 'The session was deleted, or is about to be. Resubmitted it would come back, so that it was not sent.',
    remedy: 'Do not retry it: what is deleted stays deleted. See why its submission was sent again.',
  },
  parked: {
    meaning: 'It was never known whether it arrived, and a person gave it up.',
    remedy: 'If it did not arrive after all, ask for it again from the source.',
  },
  already_deleted: {
    meaning: 'The session was deleted before, so that no call was spent on it.',
    remedy: 'It counts as succeeded. To have it deleted again, ask with force.',
  },
  DEADLINE: { meaning: 'Learnosity gave no whole answer in time.', remedy: itself },
  ABORTED: { meaning: 'The worker was stopped while the call was under way.', remedy: itself },
  TOO_LARGE: { meaning: 'The answer was larger than any that Learnosity documents.', remedy: network },
  UNREADABLE: { meaning: 'Learnosity’s answer was not as documented.', remedy: network },
  ECONNRESET: { meaning: 'The connection was cut before the whole answer had come (ECONNRESET).', remedy: itself },
  NETWORK: { meaning: 'The connection broke, for a reason that was not told.', remedy: network },
  '': { meaning: 'No reason was noted.', remedy: items },
};

/** The codes that have a text of their own. */
export const explainedCodes: ReadonlySet<string> = new Set([...Object.keys(ofLearnosity), ...Object.keys(ofOurs)]);

/** What a code means, of whatever origin: one without a text of its own is told by its family. */
export function meaningOf(code: string): CodeMeaning {
  const own = Object.hasOwn(ofLearnosity, code)
    ? ofLearnosity[code]
    : Object.hasOwn(ofOurs, code)
      ? ofOurs[code]
      : undefined;
  if (own !== undefined) return own;
  const status = /^HTTP_(\d{3})$/.exec(code)?.[1];
  if (status !== undefined) return meaningOfStatus(Number(status));
  if (/^\d{5}$/.test(code)) return meaningOfFamily(Number(code));
  if (/^(E[A-Z_]+|CERT_|DEPTH_|SELF_|UNABLE_|UNSUPPORTED_|HPE_)/.test(code)) {
    return { meaning: `No connection to Learnosity stood long enough (${code}).`, remedy: network };
  }
  return { meaning: 'A code that this version does not know.', remedy: support };
}

/** The same of items that have failed for good or are parked: nothing of these is tried again by itself. */
export function meaningOfEnded(code: string, list: 'failed' | 'parked'): CodeMeaning {
  const { meaning, remedy } = meaningOf(code);
  if (list === 'parked') return { meaning, remedy: person };
  return { meaning, remedy: remedy === itself ? support : remedy };
}

function meaningOfStatus(status: number): CodeMeaning {
  const said = `HTTP ${status}`;
  if (status === 413) return { meaning: `${said}: the call was too large.`, remedy: items };
  if (status === 429) return meaningOf('42000');
  if (status >= 500) return { meaning: `${said}: Learnosity, or a gateway before it, had a fault.`, remedy: itself };
  if (status >= 300)
    return { meaning: `${said}: the address or the credentials were not accepted.`, remedy: credentials };
  return { meaning: `${said}, with an answer that was not as documented.`, remedy: network };
}

/** As `decideByFamily`: 2xxxx and 3xxxx speak of the request, 4xxxx of the caller. */
function meaningOfFamily(code: number): CodeMeaning {
  const family = Math.floor(code / 10_000);
  if (family === 2 || family === 3) return { meaning: 'Learnosity did not take the item.', remedy: items };
  if (family === 4) return { meaning: 'Learnosity did not accept the caller.', remedy: credentials };
  return { meaning: 'Learnosity had a fault of its own.', remedy: itself };
}
