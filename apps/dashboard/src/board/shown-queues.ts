import type { Kind } from '@session-queue/core';
import type { Queue } from 'bullmq';
import type { Queues } from '../queues.ts';
import type { Holds } from './visible-fields.ts';

/** A queue as people see it in Bull Board. */
export interface ShownQueue {
  queue: Queue;
  /** Absent for callbacks, which are of all kinds, and for rules. */
  kind?: Kind;
  holds: Holds;
  title: string;
  /** What one of its jobs is, and what its states mean. */
  description: string;
}

const words = { deletion: 'Deletion', resubmission: 'Resubmission' } as const satisfies Record<Kind, string>;

/** Every queue, in the order in which work goes through them. Bull Board groups them by what stands before the dot. */
export function shownQueues(queues: Queues): ShownQueue[] {
  const ofKinds = queues.kinds.flatMap(({ kind, requests, batches }): ShownQueue[] => [
    {
      queue: requests,
      kind,
      holds: 'requests',
      title: `${words[kind]} requests`,
      description:
        'What services asked for: a job is a request. It is delayed while open, and ends with its last item.',
    },
    {
      queue: batches,
      kind,
      holds: 'batches',
      title: `${words[kind]} batches`,
      description: 'Calls to Learnosity: a job is a batch of up to 50 items. It is delayed until Learnosity is done.',
    },
  ]);
  return [
    ...ofKinds,
    {
      queue: queues.callbacks,
      holds: 'callbacks',
      title: 'Callbacks',
      description: 'Requests that have ended: a job tells whoever asked. It is delayed between two attempts.',
    },
    {
      queue: queues.rules,
      holds: 'rules',
      title: 'Retention rules',
      description:
        'Standing rules: a job is one that comes due, or a run under way. It is delayed until then, and between two steps; what a run came to stands on the page of its rule.',
    },
  ];
}
