import { MadeSessions } from '../items/made-sessions.ts';
import type { SessionStore } from '../items/session-store.ts';
import { type MakeSessions, makeSessionsSchema } from '../settings/make-sessions.ts';
import type { Settings } from '../settings/settings.ts';

/** Makes sessions that nobody has made before: the seed has their place in it. Throws a ZodError for numbers that cannot be. */
export function makeSessions(sessions: SessionStore, { seed, clock }: Settings, spec: MakeSessions): void {
  const checked = makeSessionsSchema.parse(spec);
  sessions.make(new MadeSessions(checked, `${seed}/sessions/${sessions.made}`, clock()));
}
