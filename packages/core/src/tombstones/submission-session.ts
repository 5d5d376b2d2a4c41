import { itemFault } from '../requests/items.ts';

/** How deep below the top of a submission a session id is looked for, and among how many values. */
const deepest = 4;
const mostValues = 100_000;

/**
 * The session that a failed submission is of, where it says so: base64 of JSON in UTF-8, as it is or percent-encoded, in which every
 * `session_id` at most four levels down is the same text, a good session id. `undefined` where it does not: other encodings,
 * compressed or encrypted ones, none, or several that differ.
 */
export function sessionOfSubmission(submission: string): string | undefined {
  const found = new Set<string>();
  const value = jsonIn(Buffer.from(submission, 'base64').toString('utf8'));
  if (!collect(value, found)) return undefined;
  const [sessionId] = found;
  return found.size === 1 && itemFault('deletion', sessionId) === undefined ? sessionId : undefined;
}

function jsonIn(text: string): unknown {
  try {
    const start = text.trimStart();
    if (start.startsWith('{') || start.startsWith('[')) return JSON.parse(text);
    return /^%(?:7b|5b)/i.test(start) ? JSON.parse(decodeURIComponent(start.trimEnd())) : undefined;
  } catch {
    return undefined;
  }
}

/** `false` where there is more than is looked at: an id that differs may stand there. */
function collect(value: unknown, found: Set<string>): boolean {
  let level = [value];
  let seen = 0;
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const [name, inner] of Object.entries(one)) {
        seen += 1;
        if (seen > mostValues) return false;
        if (name === 'session_id' && typeof inner === 'string') found.add(inner);
        else below.push(inner);
      }
    }
    level = below;
  }
  return true;
}
