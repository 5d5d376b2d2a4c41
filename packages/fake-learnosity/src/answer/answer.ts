import type { Refusal } from '../call/refusal.ts';
import type { Result } from '../endpoints/endpoint.ts';
import type { Fault } from '../script/faults.ts';

/** An answer as it goes over the wire. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** `{meta, data}` as every call is answered; `shape` bends `data`. */
export function resultAnswer(result: Result, now: number, shape?: Fault<'wrongShape'>['shape']): Answer {
  const meta = { status: true, timestamp: seconds(now), ...result.meta };
  if (shape === 'missing') return jsonAnswer(200, { meta });
  return jsonAnswer(200, { meta, data: shape === undefined ? result.data : bent(result.data, shape) });
}

/** `meta` alone, with status false. The documented body for 429 has no timestamp. */
export function refusalAnswer(refusal: Refusal, now: number): Answer {
  return failure(refusal.status, refusal.code, refusal.message, now);
}

export function scriptedAnswer(error: Fault<'error'>, now: number): Answer {
  const answer = failure(error.status, error.code, error.message, now);
  return { ...answer, headers: { ...answer.headers, ...error.headers } };
}

/** A page as proxies send it. */
export function pageAnswer(status: number, title: string): Answer {
  const text = `<html>\n<head><title>${status} ${title}</title></head>\n<body><h1>${status} ${title}</h1></body>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html' }, text };
}

function jsonAnswer(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}

function failure(status: number, code: number | undefined, message: string, now: number): Answer {
  const timestamp = status === 429 ? undefined : seconds(now);
  return jsonAnswer(status, { meta: { status: false, timestamp, code, message } });
}

function bent(data: unknown, shape: 'swapped' | 'empty'): unknown {
  if (shape === 'empty') return [];
  if (!Array.isArray(data)) return [data];
  const [first]: unknown[] = data;
  return first ?? {};
}

function seconds(now: number): number {
  return Math.floor(now / 1000);
}
