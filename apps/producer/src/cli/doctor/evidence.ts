import type { RedisConnection } from '@session-queue/core';
import { consumerKeys, oldestEventAgeMs, readJournalState } from '@session-queue/core/engine';
import { counted, readable } from '../wording.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** A worker that lives takes events within seconds. */
const mostWaitMs = 5 * 60_000;

/** Whether the evidence of a consumer is kept; nothing where there is none. */
export async function checkEvidence(redis: RedisConnection, prefix: string, consumer: string): Promise<Finding[]> {
  const keys = consumerKeys(redis, prefix, consumer);
  const [{ isOn, head, archived }, waitingMs = 0] = await Promise.all([readJournalState(keys), oldestEventAgeMs(keys)]);
  if (!isOn && head.sequence === 0 && waitingMs === 0) return [];
  const findings: Finding[] = [];
  if (waitingMs > mostWaitMs) {
    findings.push(
      bad(
        `Evidence of ${consumer} has waited for ${readable(Math.round(waitingMs / 60_000))} min to be put into its journal`,
        'run a worker of this consumer with EVIDENCE_KEY_FILE, and see its log',
      ),
    );
  }
  if (head.sequence > 0 && archived === 0) {
    findings.push(
      warn(
        `The journal of ${consumer} is in Redis only: ${counted(head.sequence, 'record')}`,
        'give the workers one EVIDENCE_DIR, the same folder for all of them',
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
