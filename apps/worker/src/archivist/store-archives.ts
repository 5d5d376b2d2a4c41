import { EvidenceError } from '@session-queue/core/evidence';
import { openS3Archives, type S3Archives } from '@session-queue/s3-archive';
import type { Logger } from 'pino';
import type { WorkerSettings } from '../settings.ts';

/** The journals in a store, where one is set. */
export async function storeArchives(settings: WorkerSettings): Promise<S3Archives | undefined> {
  const { EVIDENCE_S3_URL: place } = settings;
  return place === undefined ? undefined : await openS3Archives({ place, settings });
}

/**
 * Says at the start what is wrong with a store, before there is anything to write. One that cannot be reached may be so later, and keeps nobody
 * from deleting; one that would overwrite never will do: throws an `EvidenceError` (`archive_unfit`).
 */
export async function checkStore(store: S3Archives | undefined, logger: Logger): Promise<void> {
  try {
    await store?.check();
  } catch (error) {
    if (error instanceof EvidenceError && error.code === 'archive_unfit') throw error;
    logger.error(
      { err: error },
      'the journal cannot be written out now: deletions go on, and what is to be written waits in Redis, certificates too',
    );
  }
}
