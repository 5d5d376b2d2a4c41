/** What the command line takes from the environment. */
export interface CliEnvironment {
  SESSION_QUEUE_URL?: string | undefined;
  SESSION_QUEUE_TOKEN?: string | undefined;
  SESSION_QUEUE_REDIS?: string | undefined;
  REDIS_PREFIX?: string | undefined;
  REDIS_PASSWORD?: string | undefined;
  REDIS_PASSWORD_FILE?: string | undefined;
  REDIS_CA_FILE?: string | undefined;
  RETENTION_DAYS?: string | undefined;
  SESSION_INDEX?: string | undefined;
  EVIDENCE_S3_ENDPOINT?: string | undefined;
  EVIDENCE_S3_REGION?: string | undefined;
  EVIDENCE_S3_PATH_STYLE?: string | undefined;
  EVIDENCE_S3_ACCESS_KEY_ID?: string | undefined;
  EVIDENCE_S3_SECRET_ACCESS_KEY?: string | undefined;
  EVIDENCE_S3_SECRET_ACCESS_KEY_FILE?: string | undefined;
}
