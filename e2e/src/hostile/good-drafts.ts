import fc from 'fast-check';
import type { Operation, Parameter } from './contract.ts';
import { byLength, type Draft } from './draft.ts';
import { goodValue } from './near-misses.ts';
import { knownPlace, knownSelectionPlace, uniquePlace } from './places.ts';

/** What requests are made with. */
export interface Caller {
  host: string;
  token: string;
  consumers: readonly string[];
}

/** Where a page of requests may begin. */
const aPlace = Buffer.from(JSON.stringify([0, 'default', 'x'])).toString('base64url');

/** A request for an operation as its document wants it, optional parts now and then left out. */
export function goodDraft(operation: Operation, caller: Caller): fc.Arbitrary<Draft> {
  const { method, path, parameters, body, needsToken } = operation;
  // The notes of a JSON body stand in it, and not in the query.
  const inQuery = parameters.filter((one) => one.in === 'query' && (body === undefined || one.required));
  const isOfSelection = Object.hasOwn(body?.properties ?? {}, 'selection');
  // A producer takes addresses to call back only when it has a secret to sign with, a selection has a consumer, and a cap is for rules that delete.
  const left = new Set(['callbackUrl', 'cap', ...(isOfSelection ? ['consumer'] : [])]);
  const fields = Object.entries(body?.properties ?? {}).filter(([name]) => !left.has(name));
  const ofOne = operation.id === 'addLegalHold' ? ['sessionIds', 'userId', 'activityId'] : [];
  return fc
    .record({
      query: fc.tuple(...inQuery.map((one) => queryPart(operation, one, caller))),
      given: fc.tuple(...parameters.filter((one) => one.in === 'header').map(headerPart)),
      fields: fc.tuple(
        ...fields.map(([name, schema]) => {
          const field = goodValue(name, schema, caller.consumers).map((value): [string, string] => [name, value]);
          return body?.required?.includes(name) || ofOne.includes(name) ? field : fc.option(field, { nil: undefined });
        }),
      ),
      one: fc.constantFrom(...ofOne, undefined),
    })
    .map(({ query, given, fields: made, one = ofOne[0] }) => ({
      method,
      path: path
        .replace('{id}', path.startsWith('/v1/selections/') ? knownSelectionPlace : knownPlace)
        .replace('{name}', 'hostile'),
      query: query.flatMap((part) => part ?? []),
      headers: [
        ['Host', caller.host],
        ...(needsToken ? [['Authorization', `Bearer ${caller.token}`] satisfies [string, string]] : []),
        ...(body === undefined ? [] : [['Content-Type', 'application/json'] satisfies [string, string]]),
        ...given.flatMap((header): [string, string][] => (header === undefined ? [] : [header])),
      ],
      fields:
        body === undefined
          ? undefined
          : made.flatMap((field) =>
              field === undefined || (ofOne.includes(field[0]) && field[0] !== one) ? [] : [field],
            ),
      text: undefined,
      encoding: undefined,
      spoil: undefined,
      framing: byLength,
      oddness: 'words' as const,
      changes: [],
    }));
}

/** A page after the first is asked for with what the page before says. */
function queryPart(
  operation: Operation,
  { name, required, schema }: Parameter,
  { consumers }: Caller,
): fc.Arbitrary<string | undefined> {
  const next = operation.id === 'listItems' ? '0' : aPlace;
  // A list in a query is a name that stands there once, or more often.
  const value =
    name === 'next' ? fc.constant(JSON.stringify(next)) : goodValue(name, schema.items ?? schema, consumers);
  const part = value.map((text) => `${name}=${encodeURIComponent(String(JSON.parse(text)))}`);
  return required ? part : fc.option(part, { nil: undefined });
}

/** A key of its own, so that nothing is a repetition by chance. */
function headerPart({ name }: Parameter): fc.Arbitrary<[string, string] | undefined> {
  return fc.option(fc.constant<[string, string]>([name, `hostile-${uniquePlace}`]), { nil: undefined });
}
