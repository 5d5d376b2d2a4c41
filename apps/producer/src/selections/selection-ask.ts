import { createHash } from 'node:crypto';
import {
  type ChosenSelection,
  chosenSelectionSchema,
  type DeletionNotes,
  deletionNotesSchema,
  type SelectionInput,
} from '@session-queue/core';
import { FaultList, parseOrThrow } from '../problems/field-faults.ts';
import { wishesIn } from '../requests/ask-digest.ts';

/** The body of `POST /v1/deletions` that has what a selection found deleted, in place of `sessionIds`. */
export const selectionDeletionBodySchema = deletionNotesSchema.extend(chosenSelectionSchema.shape);

/** A selection to be deleted, as it came in, checked. */
export interface SelectionAsk extends ChosenSelection {
  notes: DeletionNotes;
}

const ownFields = Object.keys(chosenSelectionSchema.shape);

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
  const chosen = [selection, expectDigest, expectCount];
  return sha256(['selection deletion', consumer, reason, requestedBy, ...chosen, ...wishesIn(notes)]);
}

/** SHA-256 of what is to be selected, however its JSON was written. */
export function digestSelectionInput({
  consumer,
  filter,
  reason,
  requestedBy,
  keepMetadata = false,
  breakdown,
}: SelectionInput): string {
  const asked: unknown[] = ['selection', consumer, reason, requestedBy, filter];
  if (keepMetadata) asked.push('keepMetadata');
  if (breakdown !== undefined) asked.push('breakdown', breakdown.by, breakdown.values);
  return sha256(asked);
}

function sha256(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
