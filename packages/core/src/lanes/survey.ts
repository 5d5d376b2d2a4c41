import { z } from 'zod';
import { type Kind, kindSchema, kinds } from '../requests/request.ts';
import type { ConsumerKeys } from './keys.ts';
import type { QuotaLimits } from './lane.ts';
import { consumerScript } from './script-files.ts';

const surveyScript = consumerScript(
  new URL('../figures/count-anew.lua', import.meta.url),
  new URL('./survey.lua', import.meta.url),
);

const names = z.array(z.string());
const surveySchema = z.tuple([
  names,
  names,
  names,
  z.string(),
  names,
  z.string(),
  names,
  z.number(),
  z.array(kindSchema),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  names,
]);

export interface Survey {
  expiredLeases: string[];
  finish: string[];
  abandonedUploads: string[];
  openRequests: string[];
  submittedBatches: string[];
  /** Where the next slices of open requests and submitted batches begin; '0' at the end. */
  cursors: { requests: string; batches: string };
  /** When the next reference is to be polled. */
  nextDueMs: number | undefined;
  /** When the job of a lost batch may be looked for. */
  nextLookMs: number | undefined;
  /** When the walk of a selection may be taken up. */
  nextWalkMs: number | undefined;
  /** When deleted sessions are to be asked for. */
  nextVerificationMs: number | undefined;
  /** Legal holds that are being lifted. */
  liftedHolds: string[];
  /** Lanes with something to claim, now or later. */
  claimable: Kind[];
  /** Nothing of the consumer is open. */
  quiet: boolean;
}

/** A look at one consumer: a slice of what may have been left half done, and whether there is anything to do at all. */
export async function survey(
  keys: ConsumerKeys,
  options: {
    most: number;
    abandonedAfterMs: number;
    mirrorGraceMs: number;
    cursors: Survey['cursors'];
    quotas: Record<Kind, QuotaLimits>;
    /** `Announcements.countedSince`. */
    countedSince: number;
  },
): Promise<Survey> {
  const { requests, batches } = options.cursors;
  const quotas = kinds.map((kind) => `${options.quotas[kind].calls} ${options.quotas[kind].windowMs}`);
  const args = [
    options.most,
    options.abandonedAfterMs,
    options.mirrorGraceMs,
    requests,
    batches,
    ...quotas,
    options.countedSince,
  ];
  const reply = surveySchema.parse(await surveyScript.run(keys.redis, [keys.base], args));
  const [expiredLeases, finish, abandonedUploads, nextOpen, openRequests, nextSubmitted, submittedBatches] = reply;
  const [, , , , , , , nextDue, claimable, quiet, nextLook, nextWalk, nextVerification, liftedHolds] = reply;
  return {
    expiredLeases,
    finish,
    abandonedUploads,
    openRequests,
    submittedBatches,
    cursors: { requests: nextOpen, batches: nextSubmitted },
    nextDueMs: nextDue < 0 ? undefined : nextDue,
    nextLookMs: nextLook < 0 ? undefined : nextLook,
    nextWalkMs: nextWalk < 0 ? undefined : nextWalk,
    nextVerificationMs: nextVerification < 0 ? undefined : nextVerification,
    liftedHolds,
    claimable,
    quiet: quiet === 1,
  };
}
