import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { QueueAdapterOptions, QueueJobJson } from '@bull-board/api/typings/app';
import type { Queue } from 'bullmq';
import type { Role } from '../accounts/account.ts';
import { isNumbered, requestOf } from '../requests/request-ids.ts';
import { requestPath } from '../requests/request-path.ts';
import { visibleFields, visibleIn, visibleProgress } from './visible-fields.ts';

type AdapterOptions = Partial<QueueAdapterOptions> & { allowCompletedRetries: boolean };

export interface BoardQueue {
  queue: Queue;
  /** Where requests come in, failed jobs may be retried, and each job links to the page of its request. */
  holds: 'requests' | 'batches';
  description: string;
}

/** Job names that are in use; others come from outside and could hold anything. */
const knownNames: ReadonlySet<string> = new Set(['delete', 'resubmit', 'batch']);

/** Shows a queue to people of this role, without the private parts of its jobs. */
export function queueAdapter({ queue, holds, description }: BoardQueue, role: Role): BullMQAdapter {
  const options: AdapterOptions = {
    delimiter: '.',
    description,
    readOnlyMode: role !== 'admin',
    allowRetries: holds === 'requests',
    allowCompletedRetries: false,
    ...(holds === 'requests' ? { externalJobUrl: requestLink } : {}),
  };
  const adapter = new BullMQAdapter(queue, options);
  adapter.setFormatter('name', ({ name }: QueueJobJson) => (knownNames.has(name) ? name : 'name not shown'));
  const fields = visibleIn[holds];
  adapter.setFormatter('data', (data) => visibleFields(fields, data));
  adapter.setFormatter('progress', (progress) => visibleProgress(fields, progress));
  adapter.setFormatter('returnValue', (result) => visibleFields(fields, result));
  return adapter;
}

function requestLink({ id, data }: QueueJobJson): { displayText: string; href: string } {
  const request = requestOf(data) ?? String(id ?? '');
  // The request of a job that BullMQ numbered gets its id when it is taken in.
  if (isNumbered(request)) return { displayText: 'Not taken in yet', href: '/' };
  return { displayText: 'What became of it', href: requestPath(request) };
}
