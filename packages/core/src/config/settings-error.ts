/** One wrong or missing variable. `reason` completes the sentence that `name` begins, and never holds a value. */
export interface SettingProblem {
  name: string;
  reason: string;
}

/** Settings that cannot be used, all of them at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(['wrong settings:', ...problems.map(({ name, reason }) => `  ${name} ${reason}`)].join('\n'));
    this.problems = problems;
  }
}
