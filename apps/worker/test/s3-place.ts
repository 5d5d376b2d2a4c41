import { openS3Archives, readS3Url, type S3Archives } from '@session-queue/s3-archive';
import type { S3Server } from '@session-queue/testing';

const url = (server: S3Server): string => `s3://${server.bucket}/journals`;

/** What a worker's environment names a store by. */
export function storeEnvironment(server: S3Server): Record<string, string> {
  return {
    EVIDENCE_S3_URL: url(server),
    EVIDENCE_S3_ENDPOINT: server.endpoint,
    EVIDENCE_S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
    EVIDENCE_S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  };
}

/** A client of the store, as a replica has one. */
export async function connectStore(server: S3Server): Promise<S3Archives> {
  const place = readS3Url(url(server));
  if (place === undefined) throw new Error('no place');
  const { EVIDENCE_S3_URL: _url, ...settings } = storeEnvironment(server);
  return await openS3Archives({ place, settings });
}

/** The parts of a consumer's journal, in order. */
export function partsIn(server: S3Server, consumer: string): string[] {
  const start = `journals/${consumer}/journal-`;
  const keys = server.keys().filter((key) => key.startsWith(start));
  return keys.map((key) => String(server.objects.get(key)));
}

export function recordsIn(server: S3Server, consumer: string): string[] {
  return partsIn(server, consumer).flatMap((part) => part.trimEnd().split('\n'));
}
