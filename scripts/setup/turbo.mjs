/**
 * The parameters of `pnpm exec` that have turbo run a task in every package.
 * @param {string} task
 * @param {readonly string[]} [flags]
 * @returns {string[]}
 */
export function turboRun(task, flags = []) {
  // Loose: else turbo keeps the settings from the tasks that the set-up has made for them.
  return ['turbo', 'run', task, '--env-mode=loose', ...flags];
}
