/** A certificate as a worker makes it, of a request with one deleted session and a failed one. */
export const certificateExample = {
  version: 1,
  request: {
    id: '5f0c1f0a-6f2e-4a53-9d0b-1c1f3f1a7d11',
    kind: 'deletion',
    consumer: 'default',
    requestedBy: 'privacy-desk',
    reason: 'GDPR request 117',
  },
  state: 'failed',
  times: {
    accepted: '2027-01-31T08:00:00.000Z',
    firstSent: '2027-01-31T08:00:00.400Z',
    lastCompleted: '2027-01-31T08:00:09.300Z',
    ended: '2027-01-31T08:00:09.300Z',
  },
  counts: {
    total: 2,
    duplicates: 0,
    succeeded: 1,
    absent: 0,
    failed: 1,
    cancelled: 0,
    parked: 0,
    resent: 0,
  },
  journal: {
    accepted: {
      sequence: 4711,
      hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    },
    ended: {
      sequence: 4716,
      hash: '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d',
    },
  },
  issuedAt: '2027-01-31T08:00:10.000Z',
  gone: {
    count: 1,
    root: '155175f45935cb6c010e328517e6fa8dd4f7d00d2f35884a732adb3d4b33a0f6',
    saltDigest: '4bb06f8e4e3a7715d201d573d0aa423762e55dabd61a2c02278fa56cc6d294e0',
  },
  keyId: 'ace23488e23234b0',
  signature: 'Xnou536AZ89dyCmmtD+djsxRby7torEsZ4RQ1Za13lWydZusDPVwOiNUA71zkz4tBUY6YAQrgCRLWUqCufHpCQ==',
  leaves: {
    salt: 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=',
    list: 'meyAd9zKQ4Md4rDIeY+i/5emxsQ/FN4v47eQDdrGBwA=',
  },
};
