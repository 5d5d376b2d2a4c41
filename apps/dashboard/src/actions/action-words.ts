import type { Kind } from '@session-queue/core';
import type { Right } from './least-roles.ts';

/** What people do on our own pages. */
export type Action = Exclude<Right, 'see-redis'>;

export interface ActionWords {
  /** Of the link that leads to the form, and of its title. */
  label: string;
  /** Of the button that does it. */
  button: string;
  /** What happens then, and what does not. */
  effect: string;
  /** What is told once it is done. */
  done: string;
  /** It cannot be undone: a person says twice that it is meant. */
  isFinal?: true;
}

export const actionWords: Readonly<Record<Action, ActionWords>> = {
  hold: {
    label: 'Hold',
    button: 'Hold this request',
    effect: 'Nothing more of it is sent until it is released. What has been sent goes on to its end.',
    done: 'The request is held.',
  },
  release: {
    label: 'Release',
    button: 'Release this request',
    effect: 'It takes its turn again, and its items are sent.',
    done: 'The request is released.',
  },
  approve: {
    label: 'Approve',
    button: 'Approve of this deletion',
    effect:
      'You approve, as a second person, that these sessions are deleted. It starts once the hold window of its consumer is over, at once where there is none; until then it can be revoked.',
    done: 'The deletion is approved.',
  },
  revoke: {
    label: 'Revoke',
    button: 'Revoke this deletion',
    effect: 'It ends here, and nothing of it is sent. Once its time has come it cannot be revoked, only cancelled.',
    done: 'The deletion is revoked.',
    isFinal: true,
  },
  cancel: {
    label: 'Cancel',
    button: 'Cancel what has not been sent',
    effect:
      'Every item that has not been sent is cancelled. What has been sent goes on to its end, and is not taken back.',
    done: 'What had not been sent is cancelled.',
    isFinal: true,
  },
  retry: {
    label: 'Retry',
    button: 'Send the failed items again',
    effect: 'Only the failed items go back in line. What has succeeded is not sent again.',
    done: 'The failed items are in line again.',
  },
  select: {
    label: 'Select',
    button: 'Select these',
    effect:
      'A worker reads from Learnosity, page by page, which sessions fit everything that is given. Nothing is deleted: look at what it found, then have exactly that deleted.',
    done: 'The sessions are being found.',
  },
  'cancel-selection': {
    label: 'Cancel',
    button: 'Cancel this selection',
    effect: 'Its walk ends, and what it found is forgotten. Nothing is deleted. The same can be selected again.',
    done: 'The selection is cancelled.',
  },
  'delete-selection': {
    label: 'Delete exactly these',
    button: 'Delete exactly these',
    effect:
      'A deletion of exactly the sessions that were found is asked for, with your name and reason. Sessions that fit the filter only since are not deleted.',
    done: 'The deletion is accepted.',
    isFinal: true,
  },
  pause: {
    label: 'Pause',
    button: 'Pause this queue',
    effect: 'Nothing more is taken from this queue. What is on the wire goes on to its end.',
    done: 'The queue is paused.',
  },
  resume: {
    label: 'Resume',
    button: 'Resume this queue',
    effect: 'It goes on where it was.',
    done: 'The queue goes on.',
  },
  'disable-rule': {
    label: 'Disable',
    button: 'Disable this rule',
    effect:
      'It runs no more until it is enabled. A run that is under way asks for no deletion. What it has asked for goes on.',
    done: 'The rule is disabled.',
  },
  'enable-rule': {
    label: 'Enable',
    button: 'Enable this rule',
    effect: 'It runs by its schedule again, from its next moment on.',
    done: 'The rule is enabled.',
  },
  'place-hold': {
    label: 'Place a legal hold',
    button: 'Place this legal hold',
    effect:
      'These sessions are not sent for deletion any more, whoever asks and however: their items fail. Of a learner or an activity the sessions are found first, and until they are known no deletion of the consumer is sent. What is on the wire is not called back.',
    done: 'The legal hold is placed.',
  },
  'lift-hold': {
    label: 'Lift',
    button: 'Lift this legal hold',
    effect:
      'What it keeps may be deleted from now on, unless another legal hold keeps it too. Nothing is deleted by this: items that have failed since it was held can be retried.',
    done: 'The legal hold is lifted.',
    isFinal: true,
  },
  'stop-lane': {
    label: 'Stop',
    button: 'Stop this lane',
    effect:
      'Nothing of this consumer and kind is sent until it is started again, on any worker. Requests are accepted and wait. What has begun goes on to its end.',
    done: 'The lane is stopped.',
  },
  'start-lane': {
    label: 'Start',
    button: 'Start this lane',
    effect:
      'What waits is sent. A lane that a fault of its consumer has stopped as well stays stopped until that is mended.',
    done: 'The lane goes on.',
  },
  'stop-kind': {
    label: 'Stop all',
    button: 'Stop all of them',
    effect:
      'Nothing of this kind begins to be sent any more, for any consumer and on any worker, until it is started again. Requests are accepted and wait. What has begun leaves within a moment and goes on to its end.',
    done: 'Everything of this kind is stopped.',
  },
  'start-kind': {
    label: 'Start all',
    button: 'Start all of them',
    effect: 'What waits is sent, of every consumer whose lane is not stopped.',
    done: 'This kind goes on.',
  },
};

export function isAction(word: string): word is Action {
  return Object.hasOwn(actionWords, word);
}

/** 'deletions' */
export function kindWords(kind: Kind): string {
  return `${kind}s`;
}
