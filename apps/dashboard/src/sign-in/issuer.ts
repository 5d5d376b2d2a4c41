import { personSchema } from '@session-queue/core';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Role } from '../accounts/account.ts';
import { Refused } from '../http/refused.ts';
import type { IssuerVisit } from './issuer-visit.ts';

/** How long the issuer may take for an answer, in seconds: somebody waits for it. */
const answerWithinSeconds = 5;
/** Where the issuer sends people back to. */
export const issuerAnswerPath = '/sign-in/issuer/answer';

export interface IssuerOptions {
  issuer: string;
  clientId: string;
  /** A public client has none: PKCE then does alone. */
  clientSecret: string | undefined;
  /** The origin at which browsers find the dashboard. */
  ownUrl: string;
  scope: string;
  roleClaim: string;
  nameClaim: string;
  /** Values of the claim that give each role. */
  roleValues: Readonly<Record<Role, readonly string[]>>;
}

/** Who somebody is, by the issuer's word. */
export interface IssuerPerson {
  name: string;
  /** None of the values of the claim stands for a role. */
  role: Role | undefined;
}

/** Signs people in at an OpenID Connect issuer: authorization code with PKCE, state and nonce, each for one visit. */
export class Issuer {
  readonly #options: IssuerOptions;
  #wanted: Promise<Configuration> | undefined;

  constructor(options: IssuerOptions) {
    this.#options = options;
  }

  /** As people know it. */
  get name(): string {
    return new URL(this.#options.issuer).host;
  }

  /** Where to send somebody, and what must be known when they come back. */
  async begin(): Promise<{ address: URL; visit: Omit<IssuerVisit, 'next'> }> {
    const configuration = await this.#configuration();
    const visit = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.#options.ownUrl}${issuerAnswerPath}`,
      scope: this.#options.scope,
      state: visit.state,
      nonce: visit.nonce,
      code_challenge: await calculatePKCECodeChallenge(visit.verifier),
      code_challenge_method: 'S256',
    });
    return { address, visit };
  }

  /** Takes the issuer's answer, which came in this query, to that visit. Throws `Refused` with what to do. */
  async finish(query: string, { state, nonce, verifier }: IssuerVisit): Promise<IssuerPerson> {
    const configuration = await this.#configuration();
    const claims = await this.#claimsOf(configuration, new URL(`${this.#options.ownUrl}${issuerAnswerPath}${query}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    return { name: this.#nameOf(claims), role: this.#roleOf(claims) };
  }

  /** Where to sign out at the issuer, if it has such a page. */
  async endAddress(): Promise<URL | undefined> {
    const configuration = await this.#configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${this.#options.ownUrl}/sign-in` });
  }

  async #claimsOf(
    configuration: Configuration,
    answer: URL,
    checks: Parameters<typeof authorizationCodeGrant>[2],
  ): Promise<IDToken> {
    try {
      const claims = (await authorizationCodeGrant(configuration, answer, checks)).claims();
      if (claims !== undefined) return claims;
    } catch (error) {
      if (error instanceof AuthorizationResponseError && error.error === 'access_denied') {
        throw new Refused(
          403,
          `${this.name} has not let you in, or you have turned back there. Sign in again, or ask whoever runs it.`,
          {
            cause: error,
          },
        );
      }
      throw new Refused(
        400,
        `What came back from ${this.name} cannot be trusted or is used up. Sign in again; the audit log says more.`,
        {
          cause: error,
        },
      );
    }
    throw new Refused(400, `${this.name} does not say who you are. Ask whoever runs it for an ID token.`);
  }

  #nameOf(claims: IDToken): string {
    const given = personSchema.safeParse(claims[this.#options.nameClaim]);
    return given.success ? given.data : claims.sub;
  }

  /** The greatest role that a value of the claim stands for. */
  #roleOf(claims: IDToken): Role | undefined {
    const claim = claims[this.#options.roleClaim];
    const held = new Set(Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : []);
    const has = (role: Role) => this.#options.roleValues[role].some((value) => held.has(value));
    return (['admin', 'operator', 'viewer'] as const).find(has);
  }

  /** Asked for once; again after it has failed. */
  #configuration(): Promise<Configuration> {
    this.#wanted ??= this.#discover().catch((error: unknown) => {
      this.#wanted = undefined;
      throw new Refused(
        503,
        `${this.name} does not answer as an issuer should. Try again in a moment; the log says more.`,
        { cause: error, title: 'Signing in is not possible now' },
      );
    });
    return this.#wanted;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    return await discovery(url, clientId, clientSecret, undefined, {
      timeout: answerWithinSeconds,
      // Signatures are checked as well, though the token comes straight from the issuer. Only loopback may be http: the settings see to that.
      execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
    });
  }
}
