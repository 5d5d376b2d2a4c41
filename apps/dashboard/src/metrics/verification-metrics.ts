import type { VerificationFigures } from '@session-queue/core/engine';
import { type ConsumerLabel, Counter, Gauge, type Registry } from '@session-queue/core/metrics';

const labelNames = ['consumer'] as const;

/** How the verification of deletions stands, by consumer. */
export function noteVerification(
  figures: readonly VerificationFigures[],
  readAt: number,
  { registry, consumers }: { registry: Registry; consumers: ConsumerLabel },
): void {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'session_queue_verification_waiting',
    help: 'Deleted sessions that Learnosity is still to be asked for',
    labelNames,
    registers,
  });
  const overdue = new Gauge({
    name: 'session_queue_verification_overdue_seconds',
    help: 'How long the first of the deleted sessions that wait has been due; 0 while none is',
    labelNames,
    registers,
  });
  const sessions = new Counter({
    name: 'session_queue_verification_sessions_total',
    help: 'Deleted sessions by what their verification came to; looked, checked and sampled count each time one was asked for',
    labelNames: [...labelNames, 'result'],
    registers,
  });
  const latest = new Map<string, number>();
  for (const one of figures) {
    const consumer = consumers.of(one.consumer);
    waiting.inc({ consumer }, one.waiting);
    // Of those that share a label the worst is told.
    const late = Math.max(latest.get(consumer) ?? 0, one.dueAt === undefined ? 0 : (readAt - one.dueAt) / 1_000);
    latest.set(consumer, late);
    overdue.set({ consumer }, late);
    const { looked, checked, verified, stillThere, unasked, unseen, again, sampled, reappeared } = one;
    const asked = { looked, checked, verified, still_there: stillThere, again, sampled, reappeared };
    const results = { ...asked, unasked, unseen };
    for (const [result, n] of Object.entries(results)) sessions.inc({ consumer, result }, n);
  }
}
