import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What the issuer knows of a code that it has given out. */
interface Grant {
  challenge: string;
  redirect: string;
  nonce: string;
}

/** What an ID token says, beside what it must. */
export interface IssuerPersonClaims extends JWTPayload {
  sub: string;
}

const clientId = 'dashboard';
const clientSecret = 'client-secret';

/** A small OpenID Connect issuer on loopback: discovery, authorization code with PKCE, signed ID tokens. Every code is good once. */
export class TestIssuer {
  static readonly clientId = clientId;
  static readonly clientSecret = clientSecret;
  readonly #server: Server;
  readonly #grants = new Map<string, Grant>();
  #keys: { privateKey: CryptoKey; publicKey: CryptoKey } | undefined;
  url = '';
  /** Who signs in there. */
  person: IssuerPersonClaims = { sub: 'u-1' };
  /** Turns people back instead. */
  denies = false;
  /** Changes what the next ID tokens say of themselves: another nonce, audience, issuer. */
  forged: JWTPayload = {};
  /** Signs with a key that nobody knows. */
  hasForeignKey = false;
  hasEndPage = true;
  isAway = false;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  async start(): Promise<void> {
    this.#keys = await generateKeyPair('RS256');
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (this.isAway) return void response.writeHead(503).end();
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, this.#metadata());
      case '/keys':
        return json(response, { keys: [{ ...(await exportJWK(this.#known().publicKey)), kid: 'k', alg: 'RS256' }] });
      case '/authorize':
        return this.#authorize(url.searchParams, response);
      case '/token':
        return await this.#token(request, response);
      default:
        response.writeHead(404).end();
    }
  }

  #metadata(): object {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/keys`,
      ...(this.hasEndPage ? { end_session_endpoint: `${this.url}/end` } : {}),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const of = (name: string) => query.get(name) ?? '';
    if (of('client_id') !== clientId || of('code_challenge_method') !== 'S256' || of('response_type') !== 'code') {
      return void response.writeHead(400).end();
    }
    const back = new URL(of('redirect_uri'));
    back.searchParams.set('state', of('state'));
    if (this.denies) back.searchParams.set('error', 'access_denied');
    else {
      const code = randomUUID();
      this.#grants.set(code, { challenge: of('code_challenge'), redirect: of('redirect_uri'), nonce: of('nonce') });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { Location: back.href }).end();
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    const grant = this.#grants.get(form.get('code') ?? '');
    this.#grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood =
      grant?.challenge === challenge &&
      grant.redirect === form.get('redirect_uri') &&
      form.get('client_id') === clientId &&
      form.get('client_secret') === clientSecret;
    if (grant === undefined || !isGood) return json(response, { error: 'invalid_grant' }, 400);
    const { privateKey } = this.hasForeignKey ? await generateKeyPair('RS256') : this.#known();
    const claims = { iss: this.url, aud: clientId, nonce: grant.nonce, ...this.person, ...this.forged };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuedAt()
      .setExpirationTime('5m');
    json(response, { access_token: 'a', token_type: 'Bearer', id_token: await token.sign(privateKey) });
  }

  #known(): { privateKey: CryptoKey; publicKey: CryptoKey } {
    if (this.#keys === undefined) throw new Error('the issuer has not been started');
    return this.#keys;
  }
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
