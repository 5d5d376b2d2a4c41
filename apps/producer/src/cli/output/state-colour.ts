import type { RequestState } from '@session-queue/core';
import type { Colours } from '../terminal.ts';

/** The word for a state, in its colour. */
export function colouredState(colours: Colours, state: RequestState, word: string = state): string {
  if (state === 'completed') return colours.green(word);
  if (state === 'failed') return colours.red(word);
  if (state === 'held' || state === 'waiting') return colours.yellow(word);
  return state === 'processing' ? colours.cyan(word) : word;
}
