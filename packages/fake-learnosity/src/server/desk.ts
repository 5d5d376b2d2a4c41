import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { drawUpBooks, fullBooksJson, sessionLines } from '../books/draw-up.ts';
import { parseJson } from '../parse-json.ts';
import { scriptSchema } from '../script/faults.ts';
import type { PostedScript } from '../script/script-board.ts';
import { makeSessionsSchema } from '../settings/make-sessions.ts';
import { sessionSeedSchema } from '../settings/session-seed.ts';
import type { Settings } from '../settings/settings.ts';
import { makeSessions } from '../world/make-sessions.ts';
import { postScripts } from '../world/post-scripts.ts';
import type { World } from '../world/world.ts';
import { readBody } from './read-body.ts';

/** The paths that are the stand-in's own, beside the Data API. */
export const deskPrefix = '/__';

export interface DeskContext {
  settings: Settings;
  world: () => World;
  reset: () => void;
}

const scriptsSchema = z.array(scriptSchema).min(1);
const sessionsSchema = z.union([
  z.strictObject({ make: makeSessionsSchema }),
  z.strictObject({ sessions: z.array(sessionSeedSchema).min(1) }),
]);

/**
 * The desk: `GET /__books[?items=1]`, `GET` and `POST /__sessions`, `GET`, `POST` and `DELETE /__script`, `DELETE /__script/{id}`,
 * `POST /__reset`. Open to whoever reaches the loopback address.
 */
export function createDesk({ settings, world, reset }: DeskContext) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request, 16 * 1024 * 1024);
    if (!Buffer.isBuffer(body)) return send(response, 413, { error: 'the body is too large' });
    const [, scriptId] = /^\/__script\/(\d+)$/.exec(url.pathname) ?? [];
    switch (`${request.method} ${scriptId === undefined ? url.pathname : '/__script/{id}'}`) {
      case 'GET /__books':
        if (url.searchParams.get('items') !== '1') return send(response, 200, drawUpBooks(world(), settings));
        response.writeHead(200, { 'content-type': 'application/json' });
        return stream(fullBooksJson(world(), settings), response);
      case 'GET /__sessions':
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        return stream(sessionLines(world(), settings), response);
      case 'POST /__sessions':
        return giveSessions(response, body.toString());
      case 'GET /__script':
        return send(response, 200, world().scripts.list().map(posting));
      case 'POST /__script':
        return post(response, body.toString());
      case 'DELETE /__script':
        for (const { id } of world().scripts.list()) world().scripts.remove(id);
        return send(response, 200, []);
      case 'DELETE /__script/{id}': {
        const removed = world().scripts.remove(Number(scriptId));
        if (removed === undefined) return send(response, 404, { error: `no script ${scriptId}` });
        return send(response, 200, [posting(removed)]);
      }
      case 'POST /__reset':
        reset();
        return send(response, 200, drawUpBooks(world(), settings));
      default:
        return send(response, 404, { error: `no ${request.method} ${url.pathname} here` });
    }
  };

  function giveSessions(response: ServerResponse, text: string): void {
    const { data, error } = sessionsSchema.safeParse(parseJson(text));
    if (data === undefined) {
      send(response, 400, { error: z.prettifyError(error) });
      return;
    }
    const { sessions } = world();
    if ('make' in data) makeSessions(sessions, settings, data.make);
    else for (const session of data.sessions) sessions.give(session);
    send(response, 201, { given: 'make' in data ? data.make.count : data.sessions.length });
  }

  function post(response: ServerResponse, text: string): void {
    const parsed = scriptsSchema.safeParse([parseJson(text)].flat());
    if (!parsed.success) {
      send(response, 400, { error: z.prettifyError(parsed.error) });
      return;
    }
    try {
      send(response, 201, postScripts(world(), parsed.data, settings.clock()).map(posting));
    } catch (error) {
      send(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function posting({ id, script, struck }: PostedScript) {
  return { id, struck, ...script };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A reader that goes away is no error. */
async function stream(pieces: Iterable<string>, response: ServerResponse): Promise<void> {
  await pipeline(Readable.from(pieces), response).catch(() => undefined);
}
