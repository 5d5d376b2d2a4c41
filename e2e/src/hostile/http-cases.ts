import fc from 'fast-check';
import type { Operation } from './contract.ts';
import { bodyText, type Draft } from './draft.ts';
import { type Caller, goodDraft } from './good-drafts.ts';
import { addressChanges, framingChanges } from './way-changes.ts';
import { bodyChanges, type Change, encodingChanges, headerChanges } from './word-changes.ts';

/** One request to an operation: good, or with some things made wrong. */
export interface HttpCase {
  operation: Operation;
  draft: Draft;
}

/** Most things made wrong with one request: each hides what is behind it. */
const mostChanges = 3;

/** Requests to all operations alike often, but that those which take items come more often. */
export function httpCases(operations: readonly Operation[], caller: Caller): fc.Arbitrary<HttpCase> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: operation.parameters.some(({ in: place }) => place === 'header') ? 6 : 1,
      arbitrary: casesOf(operation, caller),
    })),
  );
}

function casesOf(operation: Operation, caller: Caller): fc.Arbitrary<HttpCase> {
  const changes = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...bodyChanges(operation)) },
    { weight: 2, arbitrary: addressChanges(operation) },
    { weight: 1, arbitrary: headerChanges },
    { weight: 1, arbitrary: framingChanges },
    ...(operation.body === undefined ? [] : [{ weight: 1, arbitrary: encodingChanges }]),
  );
  return fc
    .tuple(goodDraft(operation, caller), fc.array(changes, { maxLength: mostChanges }))
    .map(([good, made]) => ({ operation, draft: made.reduce(changed, good) }));
}

/** A copy with the change: fast-check keeps what it has made. */
export function changed(draft: Draft, { what, make }: Change): Draft {
  const copy: Draft = {
    ...draft,
    query: [...draft.query],
    headers: [...draft.headers],
    fields: draft.fields === undefined ? undefined : [...draft.fields],
    changes: [...draft.changes, what],
  };
  make(copy);
  return copy;
}

/** A case in words: enough to make it again by hand. */
export function describeHttpCase({ operation, draft }: HttpCase): string {
  const { method, path, headers, changes } = draft;
  const shown = headers.filter(([name]) => !/^(host|authorization|content-type)$/i.test(name));
  return JSON.stringify({
    operation: operation.id,
    changes,
    line: `${method} ${path.slice(0, 80)}${draft.query.length > 0 ? `?${draft.query.join('&').slice(0, 80)}` : ''}`,
    headers: shown.map(([name, value]) => `${name}: ${value.slice(0, 40)}`).slice(0, 8),
    body: bodyText(draft)?.slice(0, 200),
  });
}
