import fc from 'fast-check';
import type { Operation, Parameter } from './contract.ts';
import { byLength, type Draft } from './draft.ts';
import { goodValue } from './near-misses.ts';
import { knownPlace, uniquePlace } from './places.ts';

/** What requests are made with. */
export interface Caller {
  host: string;
  token: string;
  consumers: readonly string[];
}

/** A request for an operation as its document wants it, optional parts now and then left out. */
export function goodDraft(operation: Operation, caller: Caller): fc.Arbitrary<Draft> {
  const { method, path, parameters, body, needsToken } = operation;
  return fc
    .record({
      query: fc.tuple(...parameters.filter((one) => one.in === 'query').map((one) => queryPart(one, caller))),
      given: fc.tuple(...parameters.filter((one) => one.in === 'header').map(headerPart)),
      fields: fc.tuple(
        ...Object.entries(body?.properties ?? {}).map(([name, schema]) => {
          const field = goodValue(name, schema, caller.consumers).map((value): [string, string] => [name, value]);
          return body?.required?.includes(name) ? field : fc.option(field, { nil: undefined });
        }),
      ),
    })
    .map(({ query, given, fields }) => ({
      method,
      path: path.replace('{id}', knownPlace),
      query: query.flatMap((part) => part ?? []),
      headers: [
        ['Host', caller.host],
        ...(needsToken ? [['Authorization', `Bearer ${caller.token}`] satisfies [string, string]] : []),
        ...(body === undefined ? [] : [['Content-Type', 'application/json'] satisfies [string, string]]),
        ...given.flatMap((header): [string, string][] => (header === undefined ? [] : [header])),
      ],
      fields: body === undefined ? undefined : fields.filter((field) => field !== undefined),
      text: undefined,
      encoding: undefined,
      spoil: undefined,
      framing: byLength,
      oddness: 'words' as const,
      changes: [],
    }));
}

/** A page after the first is asked for with what the page before says. */
function queryPart({ name, required, schema }: Parameter, { consumers }: Caller): fc.Arbitrary<string | undefined> {
  const value = name === 'next' ? fc.constant('"0"') : goodValue(name, schema, consumers);
  const part = value.map((text) => `${name}=${encodeURIComponent(String(JSON.parse(text)))}`);
  return required ? part : fc.option(part, { nil: undefined });
}

/** A key of its own, so that nothing is a repetition by chance. */
function headerPart({ name }: Parameter): fc.Arbitrary<[string, string] | undefined> {
  return fc.option(fc.constant<[string, string]>([name, `hostile-${uniquePlace}`]), { nil: undefined });
}
