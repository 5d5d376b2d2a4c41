import { afterEach } from '@jest/globals';
import { type FakeLearnosity, type FakeLearnosityOptions, startFakeLearnosity } from '../../src/index.ts';
import { type Call, type Reply, send } from './caller.ts';

/** A stand-in whose time stands still until a test moves it, with the four calls at hand. */
export interface Stage {
  fake: FakeLearnosity;
  now: () => number;
  advance: (ms: number) => void;
  send: (call: Call) => Promise<Reply>;
  deletion: (ids: unknown, call?: Partial<Call>) => Promise<Reply>;
  resubmission: (data: unknown, rest?: object, call?: Partial<Call>) => Promise<Reply>;
  jobs: (request: object, call?: Partial<Call>) => Promise<Reply>;
  metadata: (request: object, call?: Partial<Call>) => Promise<Reply>;
}

const open: FakeLearnosity[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake.close()));
});

export async function stage(options: FakeLearnosityOptions = {}): Promise<Stage> {
  let now = Date.UTC(2026, 6, 1, 12, 0, 30);
  const clock = () => now;
  const fake = await startFakeLearnosity({ clock, ...options });
  open.push(fake);
  const sendNow = (call: Call) => send(fake.url, { now, ...call });
  return {
    fake,
    now: clock,
    advance(ms) {
      now += ms;
    },
    send: sendNow,
    deletion: (ids, call) => sendNow({ action: 'delete', request: { session_ids: ids }, ...call }),
    resubmission: (data, rest, call) =>
      sendNow({ action: 'set', request: { data_format: 'failed_submission', data, ...rest }, ...call }),
    jobs: (request, call) => sendNow({ path: '/v2026.2.LTS/jobs', action: 'get', request, ...call }),
    metadata: (request, call) => sendNow({ path: '/v2026.2.LTS/sessions/metadata', action: 'get', request, ...call }),
  };
}

/** What a refused call is answered. */
export function refused(reply: Reply): { status: number; code: unknown } {
  return { status: reply.status, code: reply.meta.status === false ? reply.meta.code : 'not refused' };
}

/** The records of an answer whose data is a list. */
export function rows({ data }: Reply): Record<string, unknown>[] {
  if (!Array.isArray(data)) throw new Error(`no list: ${JSON.stringify(data)}`);
  return data as Record<string, unknown>[];
}

/** The reference that a deletion was answered with. */
export function referenceOf(reply: Reply): string {
  return String(rows(reply)[0]?.job_reference);
}

/** Ids that look like session ids. */
export function ids(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, place) => {
    return `00000000-0000-4000-8000-${(from + place).toString(16).padStart(12, '0')}`;
  });
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
