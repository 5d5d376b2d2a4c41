import { z } from 'zod';
import { defaultConsumer, personSchema } from '../requests/request.ts';
import { type Rule, ruleInputSchema, ruleNameSchema } from '../rules/rule.ts';
import { parse } from './checks.ts';

const nameSchema = z.strictObject({ name: ruleNameSchema });
const rulerSchema = z.strictObject({ by: personSchema.optional() });

/** A rule as it is kept. Throws `Refusal`, as all checks here do. */
export function checkRule(input: unknown): Rule {
  const { consumer = defaultConsumer, enabled = true, ...rest } = parse(ruleInputSchema, input);
  return { consumer, ...rest, enabled };
}

export function checkRuleName(name: string): string {
  return parse(nameSchema, { name }).name;
}

/** Who sets a rule, or has it run. */
export function checkRuler(by: string | undefined): string | undefined {
  return parse(rulerSchema, { by }).by;
}
