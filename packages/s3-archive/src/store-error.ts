import { S3ServiceException } from '@aws-sdk/client-s3';
import { EvidenceError } from '@session-queue/core/evidence';

const refusedKeys: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
]);
const otherRegion: ReadonlySet<string> = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/**
 * What a failed request says, with a remedy. The client's own error stays outside: it holds the text that was signed and the id of the key,
 * which are for no log (invariant 9).
 */
export function storeError(error: unknown, bucket: string, isOver: boolean): EvidenceError {
  if (error instanceof EvidenceError) return error;
  if (error instanceof S3ServiceException) return answered(error, bucket);
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'CredentialsProviderError') {
    return failed(
      'no credentials for the store were found: set EVIDENCE_S3_ACCESS_KEY_ID with its secret, or give this process a role of AWS',
    );
  }
  if (message === 'Region is missing') return failed("the store's region is not known: set EVIDENCE_S3_REGION");
  if (isOver)
    return failed(`the store of the bucket ${bucket} did not answer in time: see EVIDENCE_S3_ENDPOINT and the network`);
  return new EvidenceError(
    'archive_failed',
    `the store of the bucket ${bucket} cannot be reached: see the cause, EVIDENCE_S3_ENDPOINT and the network`,
    { cause: error },
  );
}

function answered({ name, $metadata }: S3ServiceException, bucket: string): EvidenceError {
  const { httpStatusCode: status, requestId } = $metadata;
  const answer = [name, status, requestId].filter((part) => part !== undefined).join(', ');
  if (status === 501) {
    return new EvidenceError(
      'archive_unfit',
      `the store does not know If-None-Match (${answer}): it would overwrite what is archived, so take one that refuses to`,
    );
  }
  // Somebody else is writing this very object.
  if (status === 409) return new EvidenceError('archive_taken', `another writer has this archive (${answer})`);
  if (refusedKeys.has(name)) {
    return failed(
      `the store refuses the credentials (${answer}): see EVIDENCE_S3_ACCESS_KEY_ID and its secret, or the role`,
    );
  }
  if (status === 401 || status === 403) {
    return failed(
      `the store denies access (${answer}): allow PutObject, GetObject and ListBucket for the bucket ${bucket}`,
    );
  }
  if (name === 'NoSuchBucket')
    return failed(`the store has no bucket ${bucket} (${answer}): make it, or mend EVIDENCE_S3_URL`);
  if (otherRegion.has(name)) {
    return failed(`the bucket ${bucket} is in another region (${answer}): mend EVIDENCE_S3_REGION`);
  }
  return failed(
    `the store of the bucket ${bucket} refused (${answer}): it is tried again; where that stays so, see the store`,
  );
}

function failed(message: string): EvidenceError {
  return new EvidenceError('archive_failed', message);
}
