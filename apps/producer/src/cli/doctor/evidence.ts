import type { RedisConnection } from '@session-queue/core';
import { consumerKeys, readEvidenceWait, readJournalState } from '@session-queue/core/engine';
import { counted, readable } from '../wording.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** A worker that lives takes events within seconds, and writes records out within a minute or so. */
const mostWaitMs = 5 * 60_000;

/** Whether the evidence of a consumer is kept; nothing where there is none. */
export async function checkEvidence(redis: RedisConnection, prefix: string, consumer: string): Promise<Finding[]> {
  const keys = consumerKeys(redis, prefix, consumer);
  const [state, { eventMs, recordMs }] = await Promise.all([readJournalState(keys), readEvidenceWait(keys)]);
  const { isOn, head, archived } = state;
  if (!isOn && head.sequence === 0 && eventMs === 0) return [];
  const findings: Finding[] = [];
  if (eventMs > mostWaitMs) {
    findings.push(
      bad(
        `Evidence of ${consumer} has waited for ${minutes(eventMs)} to be put into its journal`,
        'run a worker of this consumer with EVIDENCE_KEY_FILE, and see its log: where the archive cannot be opened it says why',
      ),
    );
  }
  if (recordMs > mostWaitMs) {
    findings.push(
      bad(
        `The journal of ${consumer} has waited for ${minutes(recordMs)} to be written out: ${counted(head.sequence - archived, 'record')}`,
        'see the log of its workers, which says why, and the disk of EVIDENCE_DIR or the store of EVIDENCE_S3_URL',
      ),
    );
  }
  if (head.sequence > 0 && archived === 0) {
    findings.push(
      warn(
        `The journal of ${consumer} is in Redis only: ${counted(head.sequence, 'record')}`,
        'give the workers one EVIDENCE_DIR, the same folder for all of them, or one EVIDENCE_S3_URL; where they have it, see their log',
      ),
    );
  }
  const rest = head.sequence - archived;
  const told = archived > 0 ? `, ${readable(rest)} of them not archived yet` : '';
  const on = isOn ? 'is on' : 'is off for new requests';
  return findings.length > 0
    ? findings
    : [ok(`Evidence of ${consumer} ${on}: ${counted(head.sequence, 'record')}${told}`)];
}

function minutes(ms: number): string {
  return `${readable(Math.round(ms / 60_000))} min`;
}
