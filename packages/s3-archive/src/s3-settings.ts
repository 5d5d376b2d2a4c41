import { onOff, type SettingProblem } from '@session-queue/core';
import { z } from 'zod';

/** A place in a store: its objects' keys begin with `prefix`, which is empty or ends with a slash. */
export interface S3Place {
  bucket: string;
  prefix: string;
}

const urlPattern = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{2,62})((?:\/[A-Za-z0-9!_.*'()-]+)*)\/?$/;

/** Reads `s3://bucket` or `s3://bucket/prefix`; `undefined` for anything else. */
export function readS3Url(text: string): S3Place | undefined {
  const [, bucket, path = ''] = urlPattern.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: path === '' ? '' : `${path.slice(1)}/` };
}

/**
 * Where journals lie in a store, and how it is reached. Without the two of a key the AWS client's own chain looks for credentials, and
 * likewise for the region: its standard variables, files of profiles, roles.
 */
export const s3Settings = {
  /** Read, as a place. */
  EVIDENCE_S3_URL: z.string().transform(placeOf).optional(),
  EVIDENCE_S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine((text) => !/^\w+:\/\/[^/]*@/.test(text), 'must hold no credentials: give EVIDENCE_S3_ACCESS_KEY_ID')
    .optional(),
  EVIDENCE_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a region, such as eu-west-1')
    .optional(),
  /** Whether the bucket stands in the path and not in the host's name; so where an endpoint is set, when absent. */
  EVIDENCE_S3_PATH_STYLE: onOff().optional(),
  EVIDENCE_S3_ACCESS_KEY_ID: z.string().optional(),
  EVIDENCE_S3_SECRET_ACCESS_KEY: z.string().optional(),
};

export type S3Settings = z.infer<z.ZodObject<typeof s3Settings>>;

/** What does not fit together. */
export function s3Problems(settings: S3Settings): SettingProblem[] {
  const { EVIDENCE_S3_URL: url, EVIDENCE_S3_ACCESS_KEY_ID: id, EVIDENCE_S3_SECRET_ACCESS_KEY: secret } = settings;
  const given = Object.entries(settings).filter(([name, value]) => name in s3Settings && value !== undefined);
  const lonely = url === undefined ? given.map(([name]) => ({ name, reason: 'needs EVIDENCE_S3_URL' })) : [];
  if (id !== undefined && secret === undefined) {
    lonely.push({
      name: 'EVIDENCE_S3_SECRET_ACCESS_KEY',
      reason: 'is missing: it belongs to EVIDENCE_S3_ACCESS_KEY_ID',
    });
  }
  if (id === undefined && secret !== undefined) {
    lonely.push({
      name: 'EVIDENCE_S3_ACCESS_KEY_ID',
      reason: 'is missing: the secret access key is of no use without',
    });
  }
  return lonely;
}

function placeOf(text: string, context: z.RefinementCtx): S3Place {
  const place = readS3Url(text);
  if (place !== undefined) return place;
  context.addIssue({ code: 'custom', message: 'must be s3://bucket or s3://bucket/prefix' });
  return z.NEVER;
}
