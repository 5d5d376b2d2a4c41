import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { JournalEvent } from '../evidence/journal/record.ts';
import { ruleFactsSchema } from '../evidence/journal/rule-facts.ts';
import { leafBytes } from '../evidence/merkle/salted-leaf.ts';
import { heldThingSchema } from '../legal-holds/held-thing.ts';
import type { OutboxEvent } from './outbox.ts';

/** What a record is noted as in its request. */
export type NoteOf = 'accepted' | 'ended' | 'verified';

/** A record to be, and the request that is to know its place in the chain; `at` is when what it tells of happened, ms of Redis's clock. */
export interface NotedEvent {
  event: JournalEvent;
  note?: { request: string; of: NoteOf; at: number };
}

const sentShares = z.array(z.tuple([z.string(), z.number()]));
const count = z.number();
const completedShares = z.array(z.tuple([z.string(), count, count, count, count, count]));

/** The request that an event of its own is about; `undefined` for one of a batch. */
export function requestOf({ fields }: OutboxEvent): string | undefined {
  return fields.get('request')?.toString();
}

/** The records that an event of the outbox becomes. `saltOf` gives the salt of a request that is sealed, while its record is there. */
export function journalEvents(
  consumer: string,
  { fields }: OutboxEvent,
  saltOf: (request: string) => Buffer | undefined,
): NotedEvent[] {
  const text = (name: string) => fields.get(name)?.toString();
  const number = (name: string) => Number(text(name) ?? 0);
  const at = isoOf(number('at'));
  const request = text('request') ?? '';
  const lane = { kind: 'deletion', consumer } as const;
  switch (text('event')) {
    case 'sealed': {
      const asker = present({ requestedBy: text('requestedBy'), keyName: text('keyName'), reason: text('reason') });
      const salt = saltOf(request);
      const digest =
        salt &&
        createHmac('sha256', salt)
          .update(text('digest') ?? '')
          .digest('hex');
      const chosen = { selection: text('selection'), selectionDigest: text('selectionDigest') };
      const counts = { items: number('total'), duplicates: number('duplicates') };
      const accepted = {
        event: 'request-accepted',
        at: isoOf(number('createdAt')),
        request,
        ...lane,
        ...asker,
      } as const;
      const sealed = { event: 'request-sealed', at, request, ...counts } as const;
      return [
        { event: accepted, note: { request, of: 'accepted', at: number('at') } },
        { event: { ...sealed, ...present({ digest, ...chosen }) } },
      ];
    }
    case 'approved': {
      const reason = present({ reason: text('approvalReason') });
      return [{ event: { event: 'request-approved', at, request, by: text('approvedBy') ?? '', ...reason } }];
    }
    case 'revoked': {
      const by = present({ by: text('revokedBy') });
      return [{ event: { event: 'request-revoked', at, request, ...by, reason: text('revokeReason') ?? '' } }];
    }
    case 'sent': {
      const shares = sentShares.parse(JSON.parse(text('shares') ?? '')).map(([id, items]) => ({ request: id, items }));
      const batch = { batch: text('batch') ?? '', reference: text('reference') ?? '', attempt: number('attempt') };
      return [{ event: { event: 'batch-sent', at, ...batch, ...lane, shares } }];
    }
    case 'completed':
      return [{ event: completed(fields, at, lane) }];
    case 'verified': {
      const found = { checked: number('checked'), present: number('present') };
      return [
        {
          event: { event: 'request-verified', at, request, ...found },
          note: { request, of: 'verified', at: number('at') },
        },
      ];
    }
    case 'ended': {
      const state = z.enum(['completed', 'failed', 'cancelled']).parse(text('state'));
      const counts = { total: number('total'), succeeded: number('succeeded') };
      const others = { failed: number('failed'), cancelled: number('cancelled') };
      return [
        {
          event: { event: 'request-ended', at, request, state, ...counts, ...others },
          note: { request, of: 'ended', at: number('at') },
        },
      ];
    }
    case 'held':
      return [{ event: { event: 'legal-hold-placed', at, ...holdOf(consumer, text), ...namedOf(text('sessions')) } }];
    case 'lifted':
      return [{ event: { event: 'legal-hold-lifted', at, ...holdOf(consumer, text), sessions: number('sessions') } }];
    case 'kind-stopped':
      return [{ event: { event: 'kind-stopped', at, kind: 'deletion', ...said(text), reason: text('reason') ?? '' } }];
    case 'kind-started': {
      const reason = present({ reason: text('reason') || undefined });
      return [{ event: { event: 'kind-started', at, kind: 'deletion', ...said(text), ...reason } }];
    }
    case 'rule-set':
    case 'rule-changed': {
      const event = text('event') === 'rule-set' ? 'rule-set' : 'rule-changed';
      const facts = ruleFactsSchema.parse(JSON.parse(text('facts') ?? ''));
      return [{ event: { event, at, ...ruleOf(consumer, text), ...facts } }];
    }
    case 'rule-removed':
      return [{ event: { event: 'rule-removed', at, ...ruleOf(consumer, text) } }];
    default:
      throw new Error(
        `the outbox holds an event '${text('event')}' that this version does not know: bring all workers to one version`,
      );
  }
}

function completed(
  fields: OutboxEvent['fields'],
  at: string,
  lane: { kind: 'deletion'; consumer: string },
): JournalEvent {
  const leaves = fields.get('leaves') ?? Buffer.alloc(0);
  const reference = fields.get('reference')?.toString() || undefined;
  let from = 0;
  const rows = completedShares.parse(JSON.parse(fields.get('shares')?.toString() ?? ''));
  const shares = rows.map(([request, succeeded, absent, failed, cancelled, parked]) => {
    const own = leaves.subarray(from, from + leafBytes * succeeded);
    from += own.length;
    const gone = own.length === 0 ? {} : { leaves: own.toString('base64') };
    return { request, succeeded, absent, failed, cancelled, parked, ...gone };
  });
  const batch = fields.get('batch')?.toString() ?? '';
  return { event: 'batch-completed', at, batch, ...lane, ...present({ reference }), shares };
}

type TextOf = (name: string) => string | undefined;

/** Who did it, where somebody says so. */
function said(text: TextOf): { by?: string } {
  return present({ by: text('by') || undefined });
}

function holdOf(consumer: string, text: TextOf) {
  const on = heldThingSchema.parse(text('on'));
  return { hold: text('hold') ?? '', consumer, on, ...said(text), reason: text('reason') ?? '' };
}

function ruleOf(consumer: string, text: TextOf) {
  return { rule: text('rule') ?? '', consumer, ...said(text) };
}

/** How many sessions a hold names; nothing of one on a user or an activity. */
function namedOf(sessions: string | undefined): { sessions?: number } {
  return sessions === undefined ? {} : { sessions: Number(sessions) };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Without the fields that are not there. */
function present<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
