import { itemsField, type Kind } from '@session-queue/core';
import { z } from 'zod';
import type { Ask } from '../load/asks.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import { answerFault, jsonOf } from './check-answer.ts';
import { type Operation, readContract } from './contract.ts';
import { bodyText, writeDraft } from './draft.ts';
import { describeHttpCase, type HttpCase, httpCases } from './http-cases.ts';
import { askForKnown } from './known-requests.ts';
import { fillPlaces, type Known } from './places.ts';
import { type CasesRun, runCases } from './run-cases.ts';
import { type Answer, exchange, type NoAnswer } from './wire.ts';

const kindOf: Readonly<Record<string, Kind>> = { deleteSessions: 'deletion', resubmit: 'resubmission' };
const acceptedSchema = z.object({ id: z.string(), counts: z.object({ total: z.int() }) });
const switchSchema = z.object({ kind: z.enum(['deletion', 'resubmission']), stopped: z.boolean() });
const notesSchema = z.object({
  consumer: z.string().default('default'),
  ignoreResponseRevisions: z.boolean().default(false),
});
const listSchema = z.array(z.string());

const mostRetries = 3;

/** Sends made-up requests to the producer and holds every answer against the producer's own document. */
export async function attackHttp(world: World, random: Random, count: number): Promise<CasesRun> {
  const operations = await readContract(world.producerUrl);
  const url = new URL(world.producerUrl);
  const consumers = world.consumers.map(({ name }) => name);
  const known = await askForKnown(world, random);
  const run = await runCases({
    name: 'http',
    seed: random.between(0, 2 ** 31 - 1),
    count,
    atOnce: 8,
    cases: httpCases(operations, { host: url.host, token: world.token, consumers }),
    check: (one) => attackOnce(world, Number(url.port), one, random.pick(known)),
    describe: describeHttpCase,
  });
  for (const { request } of known) await world.client.release(request).catch(() => undefined);
  await clearAway(world);
  return run;
}

/** What a person would have to do so that all that was accepted goes on. */
async function clearAway({ client, consumers }: World): Promise<void> {
  for (const { name } of await client.rules.listRules()) await client.rules.removeRule(name);
  for (const { name } of consumers)
    for (const { id } of await client.holds.legalHolds(name))
      await client.holds.removeLegalHold(id, { reason: 'the attack is over' });
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page = await client.listRequests({ state: 'waiting' }, { limit: 200, ...(next !== '' && { next }) });
    for (const { id } of page.requests) await client.approve(id, { by: 'the second person' }).catch(() => undefined);
    next = page.next;
  }
}

/** A machine that is busy may keep Redis from answering in time: then the same is asked again, as a service would. */
async function attackOnce(world: World, port: number, one: HttpCase, known: Known): Promise<string | undefined> {
  for (let tried = 0; ; tried += 1) {
    const { answer, text } = await attackWith(port, one, known);
    const isPutOff = typeof answer === 'object' && answer.status === 503;
    const asked = askedFor(one.operation, text);
    // Whoever is cut off or put off does not know whether it was heard.
    if (asked !== undefined && (isPutOff || typeof answer === 'string')) register(world, asked, {});
    if (!isPutOff || tried >= mostRetries) return judge(world, one, answer, asked);
  }
}

async function attackWith(
  port: number,
  { draft }: HttpCase,
  known: Known,
): Promise<{ answer: Answer | NoAnswer; text: string }> {
  const filled = new Map<string, string>();
  // What is sent and what is registered are filled in the same way.
  const fill = (part: string): string => {
    const written = filled.get(part) ?? fillPlaces(part, known);
    filled.set(part, written);
    return written;
  };
  const bytes = writeDraft(draft, fill);
  return { answer: await exchange(port, bytes, draft.oddness === 'framing'), text: fill(bodyText(draft) ?? '') };
}

async function judge(
  world: World,
  { operation, draft }: HttpCase,
  answer: Answer | NoAnswer,
  asked: Ask | undefined,
): Promise<string | undefined> {
  const fault = answerFault(operation, draft, answer);
  if (fault !== undefined || typeof answer === 'string') return fault;
  const body = jsonOf(answer.body);
  if (answer.status === 202 && kindOf[operation.id] !== undefined) {
    if (asked === undefined) return 'accepted, and its body asks for nothing';
    const { id, counts } = acceptedSchema.parse(body);
    return register(world, { ...asked, name: id }, { request: id, total: counts.total });
  }
  const stopped = answer.status === 200 ? switchSchema.safeParse(body).data : undefined;
  if (stopped?.stopped) await world.client.startKind(stopped.kind);
  const isGood = draft.changes.length === 0;
  // Others remove what only they have made.
  const isOthers = /^\/v1\/(legal-holds|rules)\//.test(operation.path) && answer.status === 404;
  if (isGood && answer.status >= 400 && answer.status !== 409 && !isOthers)
    return `${answer.status}, and nothing is wrong with it`;
  return undefined;
}

/** What a body asks for, by JSON's own rules; `undefined` when it is no request for items. */
function askedFor({ id }: Operation, text: string): Ask | undefined {
  const kind = kindOf[id];
  const body = jsonOf(text.replace(/^\ufeff/, ''));
  const notes = notesSchema.safeParse(body).data;
  if (kind === undefined || notes === undefined || typeof body !== 'object' || body === null) return undefined;
  const items = listSchema.safeParse(Object.entries(body).find(([name]) => name === itemsField[kind])?.[1]).data;
  const { consumer, ignoreResponseRevisions: ignoring } = notes;
  const name = `cut-off-${items?.[0] ?? ''}`;
  return items === undefined ? undefined : { name, way: 'http', kind, consumer, ignoring, items, bad: new Set() };
}

/** What was accepted is a promise like any other: the audit follows each of its items. */
function register(world: World, ask: Ask, told: { request?: string; total?: number }): undefined {
  const { request, total } = told;
  const outcome = request === undefined ? 'unknown' : 'promised';
  world.load.deliveries.push({ ask, outcome, request, total, heard: [outcome] });
}
