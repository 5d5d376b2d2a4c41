import type { LookDoubt } from '@session-queue/core/engine';

/** Why a lost batch was not given a job. */
export type NotFound = LookDoubt | 'none' | 'several' | 'endless' | 'clock' | 'shared';

/** For the person who decides about what is parked. */
const reasons: Record<NotFound, string> = {
  none: 'its job was looked for, and none could be it',
  several: 'its job was looked for, and more than one could be it',
  others: 'its job was not looked for: other calls were lost near it, and more than one could be it',
  late: 'its job was not looked for: it had been too long ago',
  incomplete: 'its job was not looked for: not every call of the minutes before it is known',
  types: 'its job was not looked for: jobs of its kind cannot be told from others yet',
  undeclared: 'its job was not looked for: its key is not said to be used by nobody else',
  endless: 'its job was looked for, among too many',
  clock: "its job was looked for, and Learnosity's clock does not agree with Redis's",
  shared: 'its job was looked for, and the key shows jobs of another consumer',
};

/** The message of a parked item: what had failed, and what the look has come to. */
export function notFoundMessage(lastMessage: string | undefined, why: NotFound): string {
  return [lastMessage, reasons[why]].filter(Boolean).join('; ');
}
