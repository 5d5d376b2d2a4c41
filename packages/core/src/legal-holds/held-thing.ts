import { z } from 'zod';

/** What a legal hold is on: sessions that were named, or all that a user or an activity is found to have. */
export const heldThingSchema = z.enum(['sessions', 'user', 'activity']);
export type HeldThing = z.infer<typeof heldThingSchema>;
