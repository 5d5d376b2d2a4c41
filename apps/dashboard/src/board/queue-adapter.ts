import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { ExternalJobUrl, QueueAdapterOptions, QueueJobJson } from '@bull-board/api/typings/app';
import type { Role } from '../accounts/account.ts';
import { may } from '../actions/least-roles.ts';
import { batchPath } from '../batches/batch-path.ts';
import { isNumbered, requestOf } from '../requests/request-ids.ts';
import { requestPath } from '../requests/request-path.ts';
import { rulePath } from '../rules/rule-path.ts';
import { jobName } from './job-names.ts';
import type { ShownQueue } from './shown-queues.ts';
import { type Holds, visibleFields, visibleIn, visibleProgress } from './visible-fields.ts';

type AdapterOptions = Partial<QueueAdapterOptions> & { allowCompletedRetries: boolean };

/** Shows a queue to people of this role, without the private parts of its jobs. */
export function queueAdapter(shown: ShownQueue, role: Role): BullMQAdapter {
  const { queue, holds, title, description } = shown;
  const options: AdapterOptions = {
    // The queues of callbacks and of rules are groups by themselves.
    delimiter: holds === 'callbacks' || holds === 'rules' ? '' : '.',
    displayName: title,
    description,
    readOnlyMode: !may({ role }, 'pause'),
    allowRetries: holds === 'requests' && may({ role }, 'retry'),
    allowCompletedRetries: false,
    externalJobUrl: links[holds],
  };
  const adapter = new BullMQAdapter(queue, options);
  const fields = visibleIn[holds];
  adapter.setFormatter('name', ({ data }: QueueJobJson) => jobName(shown, data));
  adapter.setFormatter('data', (data) => visibleFields(fields, data));
  adapter.setFormatter('progress', (progress) => visibleProgress(fields, progress));
  adapter.setFormatter('returnValue', (result) => visibleFields(fields, result));
  return adapter;
}

/** Where our own pages go on from a job. */
const links: Readonly<Record<Holds, (job: QueueJobJson) => ExternalJobUrl>> = {
  requests: ({ id, data }) => {
    const request = requestOf(data) ?? String(id ?? '');
    // The request of a job that BullMQ numbered gets its id when it is taken in.
    if (isNumbered(request)) return { displayText: 'Not taken in yet', href: '/' };
    return { displayText: 'What became of it', href: requestPath(request) };
  },
  batches: ({ id, data }) => {
    const consumer = namedIn('batches', 'consumer', data);
    if (consumer === undefined) return { displayText: 'Overview', href: '/' };
    return { displayText: 'Its requests', href: batchPath(consumer, String(id ?? '')) };
  },
  callbacks: ({ data }) => {
    const request = namedIn('callbacks', 'request', data);
    return { displayText: 'Its request', href: request === undefined ? '/' : requestPath(request) };
  },
  rules: ({ data }) => {
    const rule = namedIn('rules', 'rule', data);
    return { displayText: 'Its rule', href: rule === undefined ? '/rules' : rulePath(rule) };
  },
};

function namedIn(holds: Holds, field: string, data: unknown): string | undefined {
  const seen = visibleFields(visibleIn[holds], data);
  if (typeof seen !== 'object' || seen === null) return undefined;
  const value: unknown = Object.entries(seen).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : undefined;
}
