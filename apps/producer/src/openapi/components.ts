import type { ZodMediaTypeObject } from '@asteasolutions/zod-to-openapi';
import {
  legalHoldInputSchema,
  relativeFilterSchema,
  ruleInputSchema,
  scheduleSchema,
  selectionInputSchema,
  sessionFilterSchema,
} from '@session-queue/core';
import { certificateSchema } from '@session-queue/core/evidence';
import type { z } from 'zod';
import { emptyBodySchema } from '../problems/field-faults.ts';
import * as answers from '../requests/answer-schemas.ts';
import { deletionBodySchema, resubmissionBodySchema } from '../requests/ask.ts';
import { approveBodySchema, revokeBodySchema } from '../routes/approvals.ts';
import { liftBodySchema } from '../routes/legal-holds.ts';
import { parkedBodySchema, retryBodySchema } from '../routes/requests.ts';
import { startBodySchema, stopBodySchema } from '../routes/switches.ts';
import { selectionDeletionBodySchema } from '../selections/selection-ask.ts';
import { examples, textExamples } from './examples.ts';
import { placeOf, type Schema, schemasOf } from './schema-of.ts';

type Named = readonly (readonly [name: string, schema: z.ZodType])[];

const bodies: Named = [
  ['DeletionBody', deletionBodySchema],
  ['SelectionDeletionBody', selectionDeletionBodySchema],
  ['ResubmissionBody', resubmissionBodySchema],
  ['SelectionBody', selectionInputSchema],
  ['SessionFilter', sessionFilterSchema],
  ['ApproveBody', approveBodySchema],
  ['RevokeBody', revokeBodySchema],
  ['RuleBody', ruleInputSchema],
  ['RelativeFilter', relativeFilterSchema],
  ['Schedule', scheduleSchema],
  ['RetryBody', retryBodySchema],
  ['ParkedBody', parkedBodySchema],
  ['LegalHoldBody', legalHoldInputSchema],
  ['LiftBody', liftBodySchema],
  ['NoFields', emptyBodySchema],
  ['StopBody', stopBodySchema],
  ['StartBody', startBodySchema],
];

const answered: Named = [
  ['AcceptedRequest', answers.streamAcceptedSchema],
  ['Request', answers.requestSchema],
  ['Counts', answers.requestSchema.shape.counts],
  ['RequestsPage', answers.requestsPageSchema],
  ['ItemsPage', answers.itemsPageSchema],
  ['ProgressEnd', answers.progressEndSchema],
  ['CallbackEvent', answers.callbackEventSchema],
  ['Selection', answers.selectionSchema],
  ['SelectionsPage', answers.selectionsPageSchema],
  ['Rule', answers.ruleSchema],
  ['Rules', answers.rulesSchema],
  ['RuleRun', answers.ruleRunSchema],
  ['RuleRuns', answers.ruleRunsSchema],
  ['RulePreview', answers.rulePreviewSchema],
  ['RuleRemoved', answers.ruleRemovedSchema],
  ['Certificate', certificateSchema],
  ['Session', answers.sessionSchema],
  ['LegalHold', answers.legalHoldSchema],
  ['LegalHolds', answers.legalHoldsSchema],
  ['Consumers', answers.consumersSchema],
  ['Switch', answers.switchSchema],
  ['Readiness', answers.readinessSchema],
  ['Health', answers.healthSchema],
  ['Problem', answers.problemSchema],
];

const names = new Map([...bodies, ...answered].map(([name, schema]) => [schema, name]));

/** Every component, as JSON Schema. */
export function componentSchemas(): Record<string, Schema> {
  return { ...schemasOf(bodies, 'input'), ...schemasOf(answered, 'output') };
}

/** JSON of a component, with its example. A schema that is a body or an answer has to have a name. */
export function jsonOf(schema: z.ZodType): Record<string, ZodMediaTypeObject> {
  const name = nameOf(schema);
  return { 'application/json': { schema: { $ref: placeOf(name) }, example: examples[name] } };
}

/** JSON of one of some components, with an example of each. */
export function jsonOfOneOf(...schemas: z.ZodType[]): Record<string, ZodMediaTypeObject> {
  const all = schemas.map(nameOf);
  return {
    'application/json': {
      schema: { oneOf: all.map((name) => ({ $ref: placeOf(name) })) },
      examples: Object.fromEntries(all.map((name) => [name, { value: examples[name] }])),
    },
  };
}

/** Session ids as CSV or NDJSON, as lists of them are answered. */
export const sessionsContent: Readonly<Record<string, ZodMediaTypeObject>> = {
  'text/csv': {
    schema: { type: 'string', description: 'The column `session_id`' },
    example: textExamples.csv,
  },
  'application/x-ndjson': {
    schema: { type: 'string', description: 'A session id a line, as a JSON string' },
    example: textExamples.deletionLines,
  },
};

function nameOf(schema: z.ZodType): string {
  const name = names.get(schema);
  if (name === undefined) throw new Error('a body or an answer is no component of the OpenAPI document');
  return name;
}
