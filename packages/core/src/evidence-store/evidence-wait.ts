import { readLine } from '../evidence/journal/entry-line.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { redisNow } from '../redis/redis-now.ts';
import { readJournalState } from './journal-store.ts';
import { oldestEventAgeMs } from './outbox.ts';

/** What evidence of a consumer waits for, and how long its oldest part has; 0 where none does. */
export interface EvidenceWait {
  consumer: string;
  /** To be put into the journal. */
  eventMs: number;
  /** To be written out, where workers have an archive. A journal in Redis alone waits for nothing. */
  recordMs: number;
}

export async function readEvidenceWait(keys: ConsumerKeys): Promise<EvidenceWait> {
  const [{ archived, isArchiving }, eventMs = 0] = await Promise.all([readJournalState(keys), oldestEventAgeMs(keys)]);
  const recordMs = archived > 0 || isArchiving ? await oldestRecordAgeMs(keys) : 0;
  return { consumer: keys.consumer, eventMs, recordMs };
}

async function oldestRecordAgeMs({ redis, base }: ConsumerKeys): Promise<number> {
  const [oldest] = await redis.xrange(`${base}journal`, '-', '+', 'COUNT', 1);
  const reading = readLine(oldest?.[1][1] ?? '');
  if (reading.is !== 'entry') return 0;
  return Math.max(0, (await redisNow(redis)) - Date.parse(reading.entry.record.at));
}
