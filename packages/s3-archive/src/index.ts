/** The journal in a store that speaks S3. Nothing of its client is loaded before one is opened. */

export { openS3Archives } from './open-s3-archives.ts';
export type { S3Archives } from './s3-archives.ts';
export { readS3Url, type S3Place, type S3Settings, s3Problems, s3Settings } from './s3-settings.ts';
