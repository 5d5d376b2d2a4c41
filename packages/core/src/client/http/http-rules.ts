import type { z } from 'zod';
import type { RuleInput, RulePreview, RuleRun, RuleView } from '../../rules/rule.ts';
import {
  rulePreviewSchema,
  ruleRemovedSchema,
  ruleRunSchema,
  ruleRunsSchema,
  ruleSchema,
  rulesSchema,
} from '../../rules/rule-answers.ts';
import type { Rules } from '../rules.ts';
import { jsonBody, queryOf, rulePath } from './call-parts.ts';
import type { CallOptions, ProducerApi } from './producer-api.ts';

/** Rules, for a client over HTTP. The producer checks what is set: whoever sets or runs a rule is the one whom the token names. */
export class HttpRules implements Rules {
  readonly #api: ProducerApi;

  constructor(api: ProducerApi) {
    this.#api = api;
  }

  async putRule(name: string, input: RuleInput): Promise<RuleView> {
    return await this.#call(ruleSchema, 'PUT', rulePath(name), { body: jsonBody(input) });
  }

  async getRule(name: string): Promise<RuleView> {
    return await this.#call(ruleSchema, 'GET', rulePath(name));
  }

  /** One call for each of the consumers that are named. */
  async listRules({ consumers }: { consumers?: readonly string[] | undefined } = {}): Promise<RuleView[]> {
    const queries = consumers?.map((consumer) => queryOf({ consumer })) ?? [undefined];
    const found = await Promise.all(queries.map((query) => this.#call(rulesSchema, 'GET', '/v1/rules', { query })));
    return found.flatMap(({ rules }) => rules);
  }

  /** Not repeated by itself: the second time there is none. */
  async removeRule(name: string): Promise<void> {
    await this.#call(ruleRemovedSchema, 'DELETE', rulePath(name), {}, false);
  }

  /** Not repeated by itself: that may be another run. */
  async runRule(name: string): Promise<RuleRun> {
    return await this.#call(ruleRunSchema, 'POST', `${rulePath(name)}/run`, { body: jsonBody({}) }, false);
  }

  /** Not repeated by itself: that would be another selection. */
  async previewRule(name: string): Promise<RulePreview> {
    return await this.#call(rulePreviewSchema, 'POST', `${rulePath(name)}/preview`, { body: jsonBody({}) }, false);
  }

  async ruleRuns(name: string): Promise<RuleRun[]> {
    return (await this.#call(ruleRunsSchema, 'GET', `${rulePath(name)}/runs`)).runs;
  }

  async #call<T>(
    schema: z.ZodType<T>,
    method: CallOptions['method'],
    path: string,
    more: Pick<CallOptions, 'query' | 'body'> = {},
    mayRepeat = true,
  ): Promise<T> {
    return (await this.#api.call({ method, path, schema, ...more, mayRepeat: () => mayRepeat })).value;
  }
}
