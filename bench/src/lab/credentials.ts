/** The domain that all consumers of a benchmark sign. */
export const labDomain = 'bench.example';
/** The secret of a key: the stand-in and its callers agree on it without telling each other. */
export const secretOf = (key: string): string => `secret-of-${key}`;
