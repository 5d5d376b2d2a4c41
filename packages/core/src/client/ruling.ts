import { redisNow } from '../redis/redis-now.ts';
import type { RedisConnection } from '../redis/script.ts';
import { Refusal, unknownRule } from '../requests/refusal.ts';
import { filterAt } from '../rules/relative-filter.ts';
import { askerOf, type RuleInput, type RulePreview, type RuleRun, type RuleView } from '../rules/rule.ts';
import { foundRule, RuleStore } from '../rules/rule-store.ts';
import { nextMoments } from '../rules/schedule.ts';
import type { Accepting } from './accepting.ts';
import { answering } from './answering.ts';
import { checkRule, checkRuleName, checkRuler } from './rule-checks.ts';
import type { Rules } from './rules.ts';
import type { Selecting } from './selecting.ts';

/** So many of the next moments a preview tells. */
const momentsShown = 5;

export interface RulingOptions {
  redis: RedisConnection;
  prefix: string;
  accepting: Accepting;
  selecting: Selecting;
  /** How long what has ended stays, in ms. */
  retention: () => Promise<number>;
}

class Ruling implements Rules {
  readonly #options: RulingOptions & { store: RuleStore };

  constructor(options: RulingOptions) {
    this.#options = { ...options, store: new RuleStore(options.redis, options.prefix) };
  }

  async putRule(name: string, input: RuleInput, { by }: { by?: string | undefined } = {}): Promise<RuleView> {
    const { store, accepting } = this.#options;
    const rule = checkRule(input);
    const person = checkRuler(by);
    await accepting.checkConsumer(rule.consumer);
    await store.put(checkRuleName(name), rule, person, ({ rule: { consumer } }) => {
      if (consumer === rule.consumer) return;
      const how = 'the rule of this name is for another consumer: remove it first, or choose another name';
      throw new Refusal('conflict', how);
    });
    return await this.getRule(name);
  }

  async getRule(name: string): Promise<RuleView> {
    const { store } = this.#options;
    return await store.view(await foundRule(store, name));
  }

  async listRules({ consumers }: { consumers?: readonly string[] | undefined } = {}): Promise<RuleView[]> {
    const { store } = this.#options;
    const all = await store.list();
    const asked = all.filter(
      ({ rule, isRemoved }) => !isRemoved && (consumers === undefined || consumers.includes(rule.consumer)),
    );
    return await Promise.all(asked.map((stored) => store.view(stored)));
  }

  async removeRule(name: string, { by }: { by?: string | undefined } = {}): Promise<void> {
    const { store, retention } = this.#options;
    const person = checkRuler(by);
    const isRemoved = await store.remove(checkRuleName(name), await retention(), person);
    if (!isRemoved) throw new Refusal('not_found', unknownRule);
  }

  async runRule(name: string, { by }: { by?: string | undefined } = {}): Promise<RuleRun> {
    const { redis, store } = this.#options;
    const stored = await foundRule(store, name);
    if (!stored.rule.enabled) throw new Refusal('conflict', 'this rule is disabled: enable it, or look at its preview');
    const now = await redisNow(redis);
    const begun = await store.beginRun(stored, now, { by: checkRuler(by) });
    if (begun.is === 'changed')
      throw new Refusal('conflict', 'somebody has changed this rule just now: look at it again');
    await store.wake();
    const found = await store.findRun(name, begun.is === 'open' ? begun.moment : now);
    if (found === undefined) throw new Refusal('conflict', 'this rule was removed just now');
    return found.run;
  }

  async previewRule(name: string): Promise<RulePreview> {
    const { redis, store, selecting } = this.#options;
    const stored = await foundRule(store, name);
    const { consumer, reason, schedule, filter } = stored.rule;
    const now = await redisNow(redis);
    const selection = await selecting.select({
      consumer,
      filter: filterAt(filter, now),
      reason,
      requestedBy: askerOf(name),
    });
    const next = nextMoments(schedule, now, momentsShown).map((moment) => new Date(moment).toISOString());
    return { rule: await store.view(stored), selection, next };
  }

  async ruleRuns(name: string): Promise<RuleRun[]> {
    const { store } = this.#options;
    const [runs, stored] = await Promise.all([store.runs(name), store.find(name)]);
    if (runs.length === 0 && stored === undefined) throw new Refusal('not_found', unknownRule);
    return runs;
  }
}

/** Rules for a client over Redis: every failure is a `Refusal`. */
export function rulesOver(options: RulingOptions): Rules {
  const rules = new Ruling(options);
  return {
    putRule: (...given) => answering(() => rules.putRule(...given)),
    getRule: (...given) => answering(() => rules.getRule(...given)),
    listRules: (...given) => answering(() => rules.listRules(...given)),
    removeRule: (...given) => answering(() => rules.removeRule(...given)),
    runRule: (...given) => answering(() => rules.runRule(...given)),
    previewRule: (...given) => answering(() => rules.previewRule(...given)),
    ruleRuns: (...given) => answering(() => rules.ruleRuns(...given)),
  };
}
