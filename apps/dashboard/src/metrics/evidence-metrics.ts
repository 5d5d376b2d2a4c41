import type { EvidenceWait } from '@session-queue/core/engine';
import { type ConsumerLabel, Gauge, type Registry } from '@session-queue/core/metrics';

/** How long evidence waits, by consumer. */
export function noteEvidence(
  waits: readonly EvidenceWait[],
  { registry, consumers }: { registry: Registry; consumers: ConsumerLabel },
): void {
  const waiting = new Gauge({
    name: 'session_queue_evidence_waiting_seconds',
    help: 'How long the oldest evidence has waited to be put into the journal, or to be written out; 0 where none does',
    labelNames: ['consumer'],
    registers: [registry],
  });
  const longest = new Map<string, number>();
  for (const { consumer: name, eventMs, recordMs } of waits) {
    const consumer = consumers.of(name);
    // Of those that share a label the worst is told.
    const seconds = Math.max(longest.get(consumer) ?? 0, eventMs / 1_000, recordMs / 1_000);
    longest.set(consumer, seconds);
    waiting.set({ consumer }, seconds);
  }
}
