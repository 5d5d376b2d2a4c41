import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** An OpenID Connect issuer on a free port: its discovery, its keys, and tokens signed by them. */
export interface TestIssuer {
  readonly url: string;
  /** What it was asked for, in order. */
  readonly asked: string[];
  /** Whether it answers 500 to everything. */
  broken: boolean;
  /** In place of what the discovery document says. */
  discovery: Record<string, unknown>;
  token(claims?: JWTPayload, options?: { expires?: number | null; alg?: string; key?: Uint8Array }): Promise<string>;
  stop(): Promise<void>;
}

export async function startIssuer(): Promise<TestIssuer> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const pair = await generateKeyPair('ES256');
  const keys: JWK[] = [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }];
  const issuer: TestIssuer = {
    url,
    asked: [],
    broken: false,
    discovery: {},
    token: async (claims = {}, { expires = 300, alg = 'ES256', key } = {}) =>
      await new SignJWT({
        client_id: 'lms',
        scope: 'request:read',
        ...(expires === null ? {} : { exp: Math.floor(Date.now() / 1000) + expires }),
        ...claims,
      })
        .setProtectedHeader({ alg, kid: 'k1' })
        .setIssuer(claims.iss ?? url)
        .setAudience(claims.aud ?? 'session-queue')
        .sign(key ?? pair.privateKey),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  server.on('request', (request, response) => {
    issuer.asked.push(request.url ?? '');
    const isKeys = request.url === '/keys';
    const answer = isKeys ? { keys } : { issuer: url, jwks_uri: `${url}/keys`, ...issuer.discovery };
    response.writeHead(issuer.broken ? 500 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  });
  return issuer;
}
