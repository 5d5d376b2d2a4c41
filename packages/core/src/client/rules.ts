import type { RuleInput, RulePreview, RuleRun, RuleView } from '../rules/rule.ts';

/** Standing retention rules: what is selected on a schedule, and reported, put up for approval or deleted. */
export interface Rules {
  /** Makes a rule, or changes the one of this name. The same call is safe to repeat. Over HTTP `by` is whom the token names. */
  putRule(name: string, input: RuleInput, options?: { by?: string | undefined }): Promise<RuleView>;
  /** Refuses with `not_found`. */
  getRule(name: string): Promise<RuleView>;
  /** By name, at most 200; of these consumers, or of all. */
  listRules(options?: { consumers?: readonly string[] | undefined }): Promise<RuleView[]>;
  /** Takes a rule away; a run that is under way deletes nothing any more, and what was asked for goes on. Refuses with `not_found`. */
  removeRule(name: string, options?: { by?: string | undefined }): Promise<void>;
  /** Has a rule that is enabled run now, as its schedule would; answers with the run that is under way where there is one. */
  runRule(name: string, options?: { by?: string | undefined }): Promise<RuleRun>;
  /** Shows what a rule would do now, enabled or not: makes a selection, and deletes nothing. */
  previewRule(name: string): Promise<RulePreview>;
  /** The last 50 runs, the newest first. */
  ruleRuns(name: string): Promise<RuleRun[]>;
}
