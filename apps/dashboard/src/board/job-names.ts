import type { Kind } from '@session-queue/core';
import type { Batch } from '@session-queue/core/engine';
import { z } from 'zod';
import { count, counted } from '../pages/wording.ts';
import type { ShownQueue } from './shown-queues.ts';
import { visibleFields, visibleIn } from './visible-fields.ts';

/** The parts of a job's visible data that its name is made of. */
const seenSchema = z.object({
  consumer: z.string().optional(),
  total: z.number().optional(),
  items: z.number().optional(),
  refused: z.string().optional(),
  rule: z.string().optional(),
  moment: z.number().optional(),
});
type Seen = z.infer<typeof seenSchema>;

const plain = { deletion: 'Deletion', resubmission: 'Resubmission' } as const satisfies Record<Kind, string>;

/**
 * What a job is called, in words made of its visible data alone: the name that it was given comes from outside and
 * could hold anything (invariant 9).
 */
export function jobName({ kind, holds }: Pick<ShownQueue, 'kind' | 'holds'>, data: unknown): string {
  const seen = seenSchema.safeParse(visibleFields(visibleIn[holds], data)).data ?? {};
  if (holds === 'callbacks') return `Callback${of(seen)}`;
  if (holds === 'rules') return ruleJobName(seen);
  if (kind === undefined) return 'Job';
  return holds === 'batches' ? batchName(seen.items, seen.consumer) : requestName(kind, seen);
}

function ruleJobName({ rule, moment }: Seen): string {
  if (rule === undefined) return 'Job';
  return moment === undefined ? `Rule ${rule} comes due` : `Run of the rule ${rule}`;
}

function requestName(kind: Kind, seen: Seen): string {
  if (seen.refused !== undefined) return `${plain[kind]}${of(seen)}, refused`;
  if (seen.total === undefined) return `${plain[kind]}${of(seen)}, not taken in yet`;
  if (kind === 'deletion') return `Delete ${counted(seen.total, 'session')}${of(seen)}`;
  return `Send ${counted(seen.total, 'failed submission')}${of(seen)} again`;
}

/** The name of a batch whose record says how far it is. */
export function recordedBatchName(batch: Batch): string {
  return `${batchName(batch.size, batch.consumer)}, ${standing(batch)}`;
}

function batchName(items: number | undefined, consumer: string | undefined): string {
  return `Batch${items === undefined ? '' : ` of ${count(items)}`}${of({ consumer })}`;
}

function standing({ state, outcome, reference, children }: Batch): string {
  const job = reference === undefined ? '' : ` (job ${reference})`;
  switch (state) {
    case 'ready':
      return 'waits to be sent again';
    case 'claimed':
      return 'about to be sent';
    case 'sending':
      return 'being sent';
    case 'lost':
      return 'its answer was lost, its job is looked for';
    case 'submitted':
      return `at Learnosity${job}`;
    case 'split':
      return `split into ${count(children.length)} batches`;
    case 'settled':
      return `${ended(outcome)}${job}`;
  }
}

function ended({ failed, parked, cancelled }: Batch['outcome']): string {
  const parts = [
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(parked > 0 ? [`${count(parked)} parked`] : []),
    ...(cancelled > 0 ? [`${count(cancelled)} cancelled`] : []),
  ];
  return parts.length === 0 ? 'done' : parts.join(', ');
}

function of({ consumer }: Pick<Seen, 'consumer'>): string {
  return consumer === undefined ? '' : ` of ${consumer}`;
}
