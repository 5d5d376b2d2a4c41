import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** How long the issuer may take for an answer, in ms: a caller waits for it. */
const answerWithinMs = 3_000;

const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

/**
 * The public keys of an issuer, from the address that is given, or that its discovery document names. They are fetched when the
 * first token comes, again when a token names another key (at most every 30 s), and when they are 10 minutes old.
 */
export class OidcIssuer {
  private readonly issuer: string;
  private keysWanted: Promise<JWTVerifyGetKey> | undefined;

  constructor(issuer: string, jwksUrl?: string) {
    this.issuer = issuer;
    if (jwksUrl !== undefined) this.keysWanted = Promise.resolve(remoteKeys(jwksUrl));
  }

  /** Rejects while the issuer cannot say where its keys are. */
  keys(): Promise<JWTVerifyGetKey> {
    this.keysWanted ??= this.discover().catch((error: unknown) => {
      this.keysWanted = undefined;
      throw error;
    });
    return this.keysWanted;
  }

  private async discover(): Promise<JWTVerifyGetKey> {
    const response = await fetch(`${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      headers: { Accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) throw new Error(`the issuer answered its discovery with ${response.status}`);
    const { issuer, jwks_uri: url } = metadataSchema.parse(await response.json());
    // OpenID Connect Discovery, 4.3: else one issuer could speak for another.
    if (issuer !== this.issuer) throw new Error('the discovery document is that of another issuer');
    if (!isIssuerUrl(url)) throw new Error('the discovery document names no https address for its keys');
    return remoteKeys(url);
  }
}

/** Whether keys may come from there: whoever can change them on the way can make tokens. */
export function isIssuerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (`${username}${password}${hash}` !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}

function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: answerWithinMs });
}
