import type { SelectionView } from '@session-queue/core';
import { type CliLab, cliLab } from './cli-lab.ts';

export const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`);

/** The command line on a producer, anew for each test, with selections as a test says. */
export interface SelectionCliLab extends CliLab {
  /** The selection that `select` makes with these arguments; it walks. */
  readonly selected: (...args: string[]) => Promise<SelectionView>;
  /** One that found these. */
  readonly ready: (sessionIds: readonly string[]) => Promise<SelectionView & { digest: string }>;
}

/** To be called where the hooks of tests may stand. */
export function selectionCliLab(): SelectionCliLab {
  const lab = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');

  async function selected(...args: string[]): Promise<SelectionView> {
    const { stdout, stderr, exitCode } = await lab.run(['select', ...args, '--json']);
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as SelectionView;
  }

  return {
    get queue() {
      return lab.queue;
    },
    get url() {
      return lab.url;
    },
    run: lab.run,
    selected,
    ready: async (sessionIds) => {
      const { id } = await selected('--user', 'u1', '--completed-before', '2024-01-01');
      const view = lab.queue.becomesReady(id, sessionIds);
      return { ...view, digest: view.digest ?? '' };
    },
  };
}
