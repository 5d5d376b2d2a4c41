import { errors, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../problems/problem.ts';
import type { FindCaller } from './find-caller.ts';
import { type ClaimNames, callerOfClaims } from './oidc-claims.ts';
import { OidcIssuer } from './oidc-issuer.ts';

export interface OidcOptions extends ClaimNames {
  issuer: string;
  audience: string;
  /** Where the issuer's keys are; it is asked for that when absent. */
  jwksUrl?: string;
}

/** With a symmetric one everybody who can check tokens could make them. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How far the issuer's clock and ours may be apart, in seconds. */
const clockToleranceSeconds = 30;
const retryAfterSeconds = 5;

const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Faults of a token; whatever else is thrown is the issuer's, or of the way to it. */
const faultsOfToken = [
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
] as const;

/** Knows the access tokens (JWTs, RFC 9068 or like it) of one OpenID Connect issuer. */
export function oidcFinder({ issuer, audience, jwksUrl, ...claims }: OidcOptions): FindCaller {
  const source = new OidcIssuer(issuer, jwksUrl);
  const verify = async (token: string): Promise<JWTPayload> => {
    const options = { issuer, audience, algorithms, requiredClaims: ['exp'], clockTolerance: clockToleranceSeconds };
    return (await jwtVerify(token, await source.keys(), options)).payload;
  };
  return async (token) => {
    // Other tokens are not worth a question to the issuer.
    if (!jwt.test(token)) return undefined;
    try {
      return callerOfClaims(await verify(token), claims);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'ended';
      if (faultsOfToken.some((fault) => error instanceof fault)) return undefined;
      throw issuerAway(error);
    }
  };
}

function issuerAway(cause: unknown): Problem {
  return new Problem('issuer-away', 'The issuer of tokens does not answer as it should.', { retryAfterSeconds, cause });
}
