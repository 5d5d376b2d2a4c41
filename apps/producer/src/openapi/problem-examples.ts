import type { ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { unknownLegalHold, unknownRule, unknownSelection } from '@session-queue/core';
import { type FieldFault, Problem, type ProblemKind } from '../problems/problem.ts';
import { unknownConsumer } from '../problems/problem-of.ts';
import { placeOf } from './schema-of.ts';

interface Case {
  detail: string;
  errors?: readonly FieldFault[];
}

const oneFault = (field: string, reason: string): Case => ({
  detail: `${field}: ${reason}.`,
  errors: [{ field, reason }],
});

/** What each kind of problem looks like. */
const cases: Readonly<Record<ProblemKind, Case>> = {
  'invalid-request': oneFault('sessionIds', 'must hold at least one item'),
  'malformed-json': { detail: 'Line 3, column 7: a comma or the end of the list is expected.' },
  unauthorized: { detail: 'Send an API token: Authorization: Bearer <token>.' },
  forbidden: { detail: 'Without API keys this producer does not answer web pages.' },
  'missing-scope': { detail: 'This needs a token with the scope deletion:create.' },
  'other-consumer': oneFault('consumer', 'is not one of the consumers that this token is for'),
  'not-found': { detail: 'No such address. GET /openapi.json lists all of them.' },
  'unknown-request': { detail: 'no request has this id: it was never accepted, or its record has aged out' },
  'unknown-selection': { detail: unknownSelection },
  'unknown-rule': { detail: unknownRule },
  'unknown-legal-hold': { detail: unknownLegalHold },
  'unknown-consumer': oneFault('consumer', unknownConsumer),
  'index-off': { detail: 'This producer keeps no index of sessions (SESSION_INDEX).' },
  'method-not-allowed': { detail: 'PUT is not possible here; POST is.' },
  'too-slow': { detail: 'The rest of the body did not come in time; nothing was accepted.' },
  'in-progress': { detail: 'The same Idempotency-Key is being worked on right now.' },
  conflict: { detail: 'this request is completed: it cannot be cancelled' },
  'too-large': { detail: 'The body is larger than 50331648 bytes.' },
  'unsupported-media-type': { detail: 'Send the body as Content-Type: application/json, in UTF-8.' },
  'key-reused': { detail: 'This Idempotency-Key has been used for another body.' },
  'id-taken': { detail: 'this id belongs to a request with other content' },
  'rate-limited': { detail: 'This token has used up its calls of this minute.' },
  internal: { detail: 'The error has been logged.' },
  'issuer-away': { detail: 'The issuer of tokens does not answer.' },
  busy: { detail: 'Too much is under way here just now.' },
  'memory-short': { detail: 'Redis uses over 80 % of its memory; try again later' },
  unavailable: { detail: 'Redis did not answer in time; whether this was kept is open.' },
};

const meanings: Readonly<Record<number, string>> = {
  400: 'The input is wrong: every fault with its field and reason, never with the value',
  401: 'No known token',
  403: 'The token lacks the scope, or is not for this consumer; or not from there',
  404: 'No such request, selection, rule or consumer',
  408: 'The body came too slowly; nothing was accepted',
  409: 'Being received right now, or not possible in this state',
  413: 'The body is too large',
  415: 'The body is in no format that is taken here',
  422: 'The Idempotency-Key belongs to something else',
  429: 'The token has used up its calls of this minute, or an address has sent too many unknown tokens',
  500: 'Something went wrong here, and has been logged',
  503: 'Not now: Redis is away or short of memory, the issuer of tokens is away, or too much is under way. The same call with the same Idempotency-Key is safe',
};

const retryAfter = {
  'Retry-After': { description: 'After how many seconds to ask again', schema: { type: 'string', pattern: '^\\d+$' } },
} as const;
const whenAskedAgain: ReadonlySet<number> = new Set([409, 429, 503]);

/** The answers that these kinds of problems are, by status; each example is named by its kind. */
export function problemAnswers(kinds: readonly ProblemKind[]): Record<string, ResponseConfig> {
  const problems = kinds.map((kind) => new Problem(kind, cases[kind].detail, { errors: cases[kind].errors ?? [] }));
  const statuses = [...new Set(problems.map(({ status }) => status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const examples = problems
        .filter((problem) => problem.status === status)
        .map((problem) => [problem.kind, { summary: titleOf(problem), value: exampleOf(problem) }]);
      const answer = {
        description: meanings[status] ?? 'Problem',
        ...(whenAskedAgain.has(status) ? { headers: retryAfter } : {}),
        content: {
          'application/problem+json': { schema: { $ref: placeOf('Problem') }, examples: Object.fromEntries(examples) },
        },
      };
      return [String(status), answer];
    }),
  );
}

function titleOf(problem: Problem): string {
  return String(problem.document().title);
}

function exampleOf(problem: Problem): Record<string, unknown> {
  const { errors, ...document } = problem.document();
  return Array.isArray(errors) && errors.length > 0 ? { ...document, errors } : document;
}
