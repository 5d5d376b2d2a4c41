import type { S3Archives } from './s3-archives.ts';
import type { S3StoreOptions } from './s3-store.ts';

/** Loads the client of the store, 0.2 s and 19 MB, and makes one. It asks for nothing yet. */
export async function openS3Archives(options: S3StoreOptions): Promise<S3Archives> {
  const { S3Archives: Archives } = await import('./s3-archives.ts');
  return Archives.at(options);
}
