import { changeScript, evidencedKey } from '../evidence-store/change-script.ts';
import { ruleFacts } from '../evidence-store/rule-facts.ts';
import { wakeChannel } from '../lanes/keys.ts';
import { redisNow } from '../redis/redis-now.ts';
import { defineScript, type RedisConnection } from '../redis/script.ts';
import { isoTime } from '../requests/iso-time.ts';
import { Refusal, unknownRule } from '../requests/refusal.ts';
import { mostRules, mostRuns, type Rule, type RuleRun, type RuleView } from './rule.ts';
import { ruleRunSchema } from './rule-answers.ts';
import { nextMoment } from './schedule.ts';

const fileOf = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
// Disabling and ending must stay possible when memory is short (invariant 12).
const local = (name: string) => defineScript({ file: fileOf(name), flags: ['allow-oom'] });
const putScript = changeScript(fileOf('put-rule-3'));
const removeScript = changeScript(fileOf('remove-rule-4'));
const beginScript = local('begin-run-2');
const endScript = local('end-run-3');

/** So often a rule that others change at the same time is read again. */
const mostTries = 5;

/** A rule with what its keeper goes by. */
export interface StoredRule {
  name: string;
  rule: Rule;
  /** Another one after each change; never the same again. */
  revision: string;
  createdAt: string;
  updatedAt: string;
  updatedBy: string | undefined;
  /** When it is due, in ms; `undefined` while it is disabled. */
  due: number | undefined;
  /** The moment of the run that is under way. */
  open: number | undefined;
  /** It was removed while it runs. */
  isRemoved: boolean;
}

/** A run as it was read: what it is ended by. */
export interface StoredRun {
  moment: number;
  run: RuleRun;
  text: string;
}

export type RunBegun = { is: 'begun' | 'skipped' | 'there' | 'changed' } | { is: 'open'; moment: number };

/**
 * The rules of all consumers, and what each run of them came to. A record says when its rule is due: whoever sees that it is begins the run,
 * and of any number that do, one does.
 */
export class RuleStore {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Sets a rule. `check` is shown the one that there is, and may refuse. */
  async put(name: string, rule: Rule, by?: string, check?: (standing: StoredRule) => void): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const [standing, now] = await Promise.all([this.find(name), redisNow(this.#redis)]);
      if (standing !== undefined) check?.(standing);
      const due = rule.enabled ? (keptDue(standing, rule) ?? nextMoment(rule.schedule, now)) : '';
      const told = JSON.stringify(ruleFacts(rule));
      const args = [name, standing?.revision ?? '', JSON.stringify(rule), due, by ?? '', mostRules, told];
      const keys = [this.#key(name), this.#namesKey, evidencedKey(this.#prefix)];
      const reply = await putScript.run(this.#redis, keys, args);
      const [is]: unknown[] = Array.isArray(reply) ? reply : [];
      if (is === 'full')
        throw new Refusal('conflict', `there are ${mostRules} rules, the most that are kept: remove one`);
      if (is === 'put') return await this.wake();
    }
    throw new Refusal('conflict', 'somebody else changes this rule at the same time: look at it again');
  }

  async find(name: string): Promise<StoredRule | undefined> {
    const found = await this.#read(name);
    return found?.isRemoved === true ? undefined : found;
  }

  /** All rules, by name; with those that were removed while they run, and go then. */
  async list(): Promise<StoredRule[]> {
    const names = (await this.#redis.smembers(this.#namesKey)).sort();
    const found = await Promise.all(names.map((name) => this.#read(name)));
    return found.filter((rule) => rule !== undefined);
  }

  /** Answers whether there was one. Its runs stay for so many ms. */
  async remove(name: string, retentionMs: number, by = ''): Promise<boolean> {
    const keys = [this.#key(name), this.#namesKey, this.#runsKey(name), evidencedKey(this.#prefix)];
    const removed = (await removeScript.run(this.#redis, keys, [name, retentionMs, by])) === 1;
    await this.wake();
    return removed;
  }

  /** Begins the run of a moment, once, whoever else does. With `due` it is the one that was due then. */
  async beginRun(
    { name, rule, revision }: StoredRule,
    moment: number,
    how: { due: number } | { by: string | undefined },
  ): Promise<RunBegun> {
    const now = await redisNow(this.#redis);
    const startedAt = new Date(now).toISOString();
    const by = 'by' in how ? how.by : undefined;
    const run: RuleRun = { moment: new Date(moment).toISOString(), mode: rule.mode, state: 'selecting', by, startedAt };
    const message = 'The run before is still under way: see its selection. The next run tries again';
    const skipped: RuleRun = { ...run, state: 'skipped', finishedAt: startedAt, error: { code: 'under_way', message } };
    const times = 'due' in how ? [how.due, nextMoment(rule.schedule, now)] : ['', ''];
    const args = [moment, revision, ...times, JSON.stringify(run), JSON.stringify(skipped), mostRuns];
    const reply = await beginScript.run(this.#redis, [this.#key(name), this.#runsKey(name)], args);
    const [is, open]: unknown[] = Array.isArray(reply) ? reply : [];
    if (is === 'open') return { is, moment: Number(open) };
    return { is: is === 'begun' || is === 'skipped' || is === 'there' ? is : 'changed' };
  }

  /** Writes down what a run came to; `false` when that was done before. */
  async endRun(name: string, { moment, text }: Pick<StoredRun, 'moment' | 'text'>, run: RuleRun): Promise<boolean> {
    const args = [name, moment, JSON.stringify(run), text];
    const keys = [this.#key(name), this.#runsKey(name), this.#namesKey];
    return (await endScript.run(this.#redis, keys, args)) === 1;
  }

  async findRun(name: string, moment: number): Promise<StoredRun | undefined> {
    const text = await this.#redis.hget(this.#runsKey(name), String(moment));
    return text === null ? undefined : storedRun(moment, text);
  }

  /** The last runs, the newest first; those of a rule that was removed too, for a while. */
  async runs(name: string): Promise<RuleRun[]> {
    const all = Object.entries(await this.#redis.hgetall(this.#runsKey(name)));
    const found = all.sort(([one], [other]) => Number(other) - Number(one));
    return found.flatMap(([moment, text]) => storedRun(Number(moment), text)?.run ?? []);
  }

  async view(stored: StoredRule): Promise<RuleView> {
    const { name, rule, createdAt, updatedAt, updatedBy, due } = stored;
    const [lastRun] = await this.runs(name);
    return {
      name,
      ...rule,
      createdAt,
      updatedAt,
      ...(updatedBy !== undefined && { updatedBy }),
      ...(due !== undefined && { next: new Date(due).toISOString() }),
      ...(lastRun !== undefined && { lastRun }),
    };
  }

  /** Has the workers look at once. A message may be lost: they look by themselves every few seconds. */
  async wake(): Promise<void> {
    const channel = wakeChannel(this.#prefix);
    await Promise.all(['rule *', 'evidence *'].map((message) => this.#redis.publish(channel, message)));
  }

  async #read(name: string): Promise<StoredRule | undefined> {
    return storedRule(name, await this.#redis.hgetall(this.#key(name)));
  }

  get #namesKey(): string {
    return `{${this.#prefix}}:rules`;
  }

  #key(name: string): string {
    return `{${this.#prefix}}:rule:${name}`;
  }

  #runsKey(name: string): string {
    return `${this.#key(name)}:runs`;
  }
}

/** Refuses with `not_found`. */
export async function foundRule(store: RuleStore, name: string): Promise<StoredRule> {
  const found = await store.find(name);
  if (found === undefined) throw new Refusal('not_found', unknownRule);
  return found;
}

/** A rule that was changed in other things is due when it was: else whoever changes it often would have it never run. */
function keptDue(standing: StoredRule | undefined, rule: Rule): number | undefined {
  const isSame = JSON.stringify(standing?.rule.schedule) === JSON.stringify(rule.schedule);
  return isSame ? standing?.due : undefined;
}

function storedRule(name: string, record: Record<string, string>): StoredRule | undefined {
  const { rule, revision = '', createdAt, updatedAt, updatedBy, due, open, removed } = record;
  if (rule === undefined) return undefined;
  return {
    name,
    rule: JSON.parse(rule) as Rule,
    revision,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    updatedBy,
    due: due === undefined ? undefined : Number(due),
    open: open === undefined ? undefined : Number(open),
    isRemoved: removed !== undefined,
  };
}

/** A worker of a later version may have written it in another way. */
function storedRun(moment: number, text: string): StoredRun | undefined {
  try {
    return { moment, run: ruleRunSchema.parse(JSON.parse(text)), text };
  } catch {
    return undefined;
  }
}
