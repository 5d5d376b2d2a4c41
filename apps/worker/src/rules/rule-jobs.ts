import type { RuleStore, StoredRule } from '@session-queue/core/engine';
import { everyMs } from '@session-queue/core/engine';
import type { JobSchedulerTemplateOptions, Queue } from 'bullmq';
import { z } from 'zod';

/** The job of a scheduler says that a rule is due; that of a run carries it out. */
export const ruleJobSchema = z.union([
  z.strictObject({ rule: z.string().min(1), moment: z.int() }),
  z.strictObject({ rule: z.string().min(1) }),
]);

/** What a run came to stands in its record. A job that is gone can be added again under the same id. */
const keepNone = { removeOnComplete: true, removeOnFail: true } as const satisfies JobSchedulerTemplateOptions;

/** A scheduler whose next job is so late has lost it. */
const lateMs = 60_000;

/** The BullMQ jobs of rules, which mirror their records and can be made anew from them. */
export class RuleJobs {
  readonly #queue: Queue;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** Adds the job of a run; a second time changes nothing. */
  async addRun(rule: string, moment: number): Promise<void> {
    await this.#queue.add('run', { rule, moment }, { jobId: `run_${rule}_${moment}`, ...keepNone });
  }

  /** The scheduler of each rule that is enabled is there and is the rule's; others go. Answers with the names of what was changed. */
  async mirror(rules: readonly StoredRule[]): Promise<string[]> {
    const changed: string[] = [];
    for (const stored of rules) {
      if (stored.due === undefined || (await this.#isMirrored(stored))) continue;
      await this.#upsert(stored);
      changed.push(stored.name);
    }
    const enabled = new Set(rules.flatMap(({ name, due }) => (due === undefined ? [] : [name])));
    for (const { key } of await this.#queue.getJobSchedulers()) {
      if (enabled.has(key)) continue;
      await this.#queue.removeJobScheduler(key);
      changed.push(key);
    }
    return changed;
  }

  async #isMirrored({ name, rule }: StoredRule): Promise<boolean> {
    const { cron, timeZone, every } = rule.schedule;
    const scheduler = await this.#queue.getJobScheduler(name);
    if (scheduler?.next == null || scheduler.next < Date.now() - lateMs) return false;
    const isSame =
      every === undefined
        ? scheduler.pattern === cron && scheduler.tz === (timeZone ?? 'UTC')
        : scheduler.every === everyMs(every);
    return isSame && (await this.#queue.getJob(`repeat:${name}:${scheduler.next}`)) !== undefined;
  }

  async #upsert({ name, rule, due }: StoredRule): Promise<void> {
    const { cron, timeZone = 'UTC', every } = rule.schedule;
    // Without a start BullMQ begins what comes every so often at once.
    const repeat =
      cron === undefined
        ? { every: everyMs(every ?? ''), ...(due !== undefined && { startDate: due }) }
        : { pattern: cron, tz: timeZone };
    await this.#queue.removeJobScheduler(name);
    await this.#queue.upsertJobScheduler(name, repeat, { name: 'due', data: { rule: name }, opts: keepNone });
  }
}

export type RuleRecords = Pick<RuleStore, 'list' | 'find' | 'beginRun' | 'findRun' | 'endRun'>;
