import { createHmac } from 'node:crypto';
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A call to the Data API as a test wants it: right in everything that is left out. */
export interface Call {
  path?: string;
  action: string;
  request: unknown;
  method?: string;
  key?: string;
  secret?: string;
  domain?: string;
  timestamp?: string;
  expires?: string;
  userId?: string;
  signature?: string;
  contentType?: string;
  headers?: Record<string, string>;
  /** The whole body, instead of the form that the rest describes. */
  body?: string;
  agent?: Agent;
  signal?: AbortSignal;
  now?: number;
}

/** What every answer has beside its data, as far as it could be read. */
interface Meta {
  status?: boolean;
  timestamp?: number;
  code?: number;
  message?: string;
  records?: number;
  next?: string;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed text; undefined when it is not JSON. */
  body: unknown;
  meta: Meta;
  data: unknown;
}

export const key = 'yis0TYCu7U9V4o7M';
export const secret = '74c5fd430cf1242a527f6223aebd42d30464be22';

export function timestampOf(now: number): string {
  return new Date(now).toISOString().slice(0, 16).replaceAll('-', '').replace('T', '-').replace(':', '');
}

/** The form of a call, signed as the documentation says; written without a look at the stand-in's own signing. */
export function formOf(call: Call): string {
  const request = typeof call.request === 'string' ? call.request : JSON.stringify(call.request);
  const security: Record<string, string> = {
    consumer_key: call.key ?? key,
    domain: call.domain ?? 'localhost',
    timestamp: call.timestamp ?? timestampOf(call.now ?? Date.now()),
  };
  if (call.expires !== undefined) security.expires = call.expires;
  if (call.userId !== undefined) security.user_id = call.userId;
  const signed = [...Object.values(security), request, call.action].join('_');
  const hmac = createHmac('sha256', call.secret ?? secret)
    .update(signed)
    .digest('hex');
  security.signature = call.signature ?? `$02$${hmac}`;
  return new URLSearchParams({ security: JSON.stringify(security), request, action: call.action }).toString();
}

/** Sends a call and reads its answer to the end. Rejects when the connection breaks. */
export function send(url: string, call: Call): Promise<Reply> {
  const body = call.body ?? formOf(call);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${url}${call.path ?? '/v2026.2.LTS/sessions'}`,
      {
        method: call.method ?? 'POST',
        agent: call.agent ?? false,
        ...(call.signal === undefined ? {} : { signal: call.signal }),
        headers: {
          'content-type': call.contentType ?? 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          ...call.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const body = parsed(text);
          const { meta = {}, data } = (body ?? {}) as { meta?: Meta; data?: unknown };
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body, meta, data });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
