import type { Role } from '../accounts/account.ts';

/** What an action is done to: its fields say which. */
export const targetFields = {
  request: ['id'],
  queue: ['queue'],
  lane: ['consumer', 'kind'],
  kind: ['kind'],
} as const;
type Target = keyof typeof targetFields;

export interface Action {
  target: Target;
  /** The least that somebody has to be. */
  role: Exclude<Role, 'viewer'>;
  /** On its button. */
  label: string;
  /** What it does, and what not, for whoever is about to. */
  about: string;
  /** It cannot be undone, or stops much. */
  isGrave?: boolean;
}

/** Everything that can be changed on our pages, and who may. */
export const actions = {
  hold: {
    target: 'request',
    role: 'operator',
    label: 'Hold',
    about: 'No more of its items are taken until it is released. What is on its way goes on to its end.',
  },
  release: {
    target: 'request',
    role: 'operator',
    label: 'Release',
    about: 'Its items are taken again, in their turn.',
  },
  cancel: {
    target: 'request',
    role: 'operator',
    label: 'Cancel',
    about:
      'What has not been sent is dropped for good, at once. What is on its way goes on to its end, and parked items stay parked.',
    isGrave: true,
  },
  retry: {
    target: 'request',
    role: 'operator',
    label: 'Retry failed items',
    about: 'Only the failed items are put back in line. Mend what they failed of before.',
  },
  pause: {
    target: 'queue',
    role: 'operator',
    label: 'Pause',
    about: 'Nothing is taken from this queue until it is resumed. What is on its way goes on to its end.',
  },
  resume: { target: 'queue', role: 'operator', label: 'Resume', about: 'The queue goes on where it stood.' },
  'stop-lane': {
    target: 'lane',
    role: 'admin',
    label: 'Stop this lane',
    about:
      'Nothing of this consumer and kind is sent until the lane is started again. Calls that have begun go on to their end, and are followed. Requests are accepted, and wait.',
    isGrave: true,
  },
  'start-lane': {
    target: 'lane',
    role: 'admin',
    label: 'Start this lane',
    about: 'It goes on where it stood, at once.',
  },
  'stop-kind': {
    target: 'kind',
    role: 'admin',
    label: 'Stop all',
    about:
      'Nothing of this kind is sent for any consumer until it is started again. Calls that have begun go on to their end, and are followed. Requests are accepted, and wait.',
    isGrave: true,
  },
  'start-kind': {
    target: 'kind',
    role: 'admin',
    label: 'Start again',
    about: 'All lanes go on where they stood, at once.',
  },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(actions, name);
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether somebody of this role may do what takes that role. */
export function mayDo(role: Role, least: Role): boolean {
  return ranks[role] >= ranks[least];
}
