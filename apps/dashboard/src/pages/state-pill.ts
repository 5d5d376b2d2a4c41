import type { RequestState, SelectionState } from '@session-queue/core';
import { type Html, html } from './html.ts';

const tones: Readonly<Record<RequestState, string>> = {
  receiving: 'calm',
  accepted: 'calm',
  waiting: 'warn',
  held: 'warn',
  processing: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'calm',
};

const selectionTones: Readonly<Record<SelectionState, string>> = {
  walking: 'busy',
  ready: 'good',
  failed: 'bad',
  cancelled: 'calm',
};

/** The state of a selection, in its colour. */
export function selectionPill(state: SelectionState): Html {
  return html`<span class="pill ${selectionTones[state]}">${state}</span>`;
}

/** The state of a request, in its colour. */
export function statePill(state: RequestState): Html {
  return html`<span class="pill ${tones[state]}">${state === 'waiting' ? 'waiting for approval' : state}</span>`;
}
