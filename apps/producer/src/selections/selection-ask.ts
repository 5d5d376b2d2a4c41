import { createHash } from 'node:crypto';
import { type RequestNotes, requestNotesSchema, type SelectionInput } from '@session-queue/core';
import { z } from 'zod';
import { FaultList, parseOrThrow } from '../problems/field-faults.ts';

const digestRule = 'must be the digest of the selection: 64 hexadecimal digits';

/** The body of `POST /v1/deletions` that has what a selection found deleted, in place of `sessionIds`. */
export const selectionDeletionBodySchema = requestNotesSchema.extend({
  selection: z
    .string('is required: the id of a selection')
    .min(1, 'must not be empty')
    .max(255, 'must be at most 255 characters')
    .meta({ description: 'The id of a selection that is ready' }),
  expectDigest: z
    .string('is required: the digest of the selection as it was looked at')
    .regex(/^[0-9a-f]{64}$/, digestRule)
    .meta({ description: 'Its `digest` as it was looked at: nothing is deleted where it has another one' }),
  expectCount: z
    .int('is required: the count of the selection as it was looked at')
    .min(0, 'must not be negative')
    .meta({ description: 'Its `count` as it was looked at' }),
});

/** A selection to be deleted, as it came in, checked. */
export interface SelectionAsk {
  notes: RequestNotes;
  selection: string;
  expectDigest: string;
  expectCount: number;
}

const ownFields = ['selection', 'expectDigest', 'expectCount'] as const;

/** Whether a body is about a selection and not about ids. */
export function isAboutSelection(body: unknown): body is object {
  return typeof body === 'object' && body !== null && ownFields.some((field) => Object.hasOwn(body, field));
}

/** Checks a body: every fault of every field in one 400. */
export function parseSelectionAsk(body: object): SelectionAsk {
  if (Object.hasOwn(body, 'sessionIds')) {
    const faults = new FaultList();
    faults.add('sessionIds', 'must not stand beside selection: give one of the two');
    faults.throwIfAny();
  }
  const { selection, expectDigest, expectCount, ...notes } = parseOrThrow(selectionDeletionBodySchema, body);
  return { notes, selection, expectDigest, expectCount };
}

/** SHA-256 of what is to be deleted, and why and for whom; as `digestAsk` it leaves out when and how. */
export function digestSelectionAsk({ notes, selection, expectDigest, expectCount }: SelectionAsk): string {
  const { consumer, reason, requestedBy } = notes;
  return sha256(['selection deletion', consumer, reason, requestedBy, selection, expectDigest, expectCount]);
}

/** SHA-256 of what is to be selected, however its JSON was written. */
export function digestSelectionInput({ consumer, filter, reason, requestedBy }: SelectionInput): string {
  return sha256(['selection', consumer, reason, requestedBy, filter]);
}

function sha256(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
