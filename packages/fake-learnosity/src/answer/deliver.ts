import type { ServerResponse } from 'node:http';
import type { Outcome } from '../script/faults.ts';
import type { Answer } from './answer.ts';
import type { Pauses } from './pauses.ts';

const padding = Buffer.alloc(64 * 1024, 'x');
const slowDrops = 20;

/** Sends an answer, spoilt as the script says. Resolves when all is sent, or there is nobody left to send to. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  spoilt: Outcome | undefined,
  pauses: Pauses,
): Promise<void> {
  if (response.destroyed) return;
  const body = Buffer.from(answer.text);
  switch (spoilt?.fault) {
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'badJson':
      sendWhole(response, answer, body.subarray(0, Math.ceil(body.length * 0.7)));
      return;
    case 'truncated':
      head(response, answer, body.length);
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
      return;
    case 'oversize':
      await sendOversize(response, answer, body, spoilt.bytes, spoilt.declared);
      return;
    case 'slowBody':
      await sendSlowly(response, answer, body, spoilt.ms / slowDrops, pauses);
      return;
    default:
      sendWhole(response, answer, body);
  }
}

function sendWhole(response: ServerResponse, answer: Answer, body: Buffer): void {
  head(response, answer, body.length);
  response.end(body);
}

function head(response: ServerResponse, answer: Answer, length: number | undefined): void {
  const framing = length === undefined ? {} : { 'content-length': length };
  response.writeHead(answer.status, { ...answer.headers, ...framing });
}

/** One more member in the outermost object makes it as long as is asked for, and leaves it valid. */
async function sendOversize(
  response: ServerResponse,
  answer: Answer,
  body: Buffer,
  bytes: number,
  declared: boolean,
): Promise<void> {
  const opening = Buffer.concat([body.subarray(0, -1), Buffer.from(',"padding":"')]);
  const closing = Buffer.from('"}');
  head(response, answer, declared ? opening.length + bytes + closing.length : undefined);
  response.write(opening);
  for (let left = bytes; left > 0 && !response.destroyed; left -= padding.length) {
    const roomLeft = response.write(padding.subarray(0, Math.min(left, padding.length)));
    if (!roomLeft) await roomIn(response);
  }
  if (!response.destroyed) response.end(closing);
}

async function sendSlowly(
  response: ServerResponse,
  answer: Answer,
  body: Buffer,
  dropEveryMs: number,
  pauses: Pauses,
): Promise<void> {
  head(response, answer, body.length);
  response.flushHeaders();
  const drop = Math.ceil(body.length / slowDrops);
  for (let sent = 0; sent < body.length; sent += drop) {
    await pauses.wait(dropEveryMs);
    if (response.destroyed) return;
    response.write(body.subarray(sent, sent + drop));
  }
  response.end();
}

/** Resolves when the response takes more, or nobody reads it any longer. */
function roomIn(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}
