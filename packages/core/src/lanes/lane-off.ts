import { z } from 'zod';
import type { Why } from '../requests/control.ts';
import type { LaneStop } from '../requests/request.ts';

const offSchema = z.object({ reason: z.string(), by: z.string().optional(), since: z.string() });

/** Code of a lane that a person has stopped. */
export const stoppedByHand = 'stopped by hand';

/** As it lies in the lane's hash. */
export function formatOff({ reason, by }: Why): string {
  return JSON.stringify({ reason, since: new Date().toISOString(), ...(by !== undefined && { by }) });
}

export function parseOff(text: string): LaneStop {
  const { reason, by, since } = offSchema.parse(JSON.parse(text));
  return { code: stoppedByHand, message: by === undefined ? reason : `${reason} (${by})`, since };
}
