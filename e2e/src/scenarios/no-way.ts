import { z } from 'zod';
import type { Welcome } from '../tap/tls-front.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { untilBusyAgain } from './strike.ts';

const shortMs = 2_000;
/** Past the deadline of a call, 10 s. */
const silentMs = 12_000;

export const noWay: Scenario = {
  name: 'no-way',
  about:
    'there is no way to Learnosity: its certificate is wanting, TLS is refused or not spoken, its name is not resolved: such calls surely never arrived',
  // Items that failed wait for up to a minute: the load has others, or there would be nothing to come back with.
  world: { https: true, load: { backlogWindows: { deletion: 16, resubmission: 2 } } },
  async run(world) {
    const { https } = world;
    const { front, wanting } = https;
    const found: [string, Welcome, RegExp][] = [
      ['an untrusted certificate', wanting.untrusted, /DEPTH_ZERO_SELF_SIGNED_CERT/],
      ['an expired certificate', wanting.expired, /CERT_HAS_EXPIRED/],
      ['the certificate of another name', wanting['of another name'], /ERR_TLS_CERT_ALTNAME_INVALID/],
      ['an alert in the handshake', 'alert', /handshake failure/],
      // OpenSSL finds one or another thing wrong with it.
      ['plain text where TLS is expected', 'plain text', /wrong version|packet length/],
    ];
    for (const [what, welcome, reason] of found)
      await lasts(world, { what, reason, ms: shortMs, begin: async () => front.set({ welcome }) });
    const unresolved = [
      ['ENOTFOUND', /ENOTFOUND/, shortMs],
      ['EAI_AGAIN', /EAI_AGAIN/, shortMs],
      ['silent', /DEADLINE/, silentMs],
    ] as const;
    for (const [as, reason, ms] of unresolved) {
      const begin = async () => {
        await https.resolve(as);
        front.set({ keep: false });
      };
      await lasts(world, { what: `the name is not resolved (${as})`, reason, ms, begin });
    }
  },
};

interface Act {
  what: string;
  /** What the log is to call it. */
  reason: RegExp;
  ms: number;
  begin: () => Promise<void>;
}

/** Whoever reads the log is told why, and nobody believes that a call may have arrived. */
async function lasts(world: World, { what, reason, ms, begin }: Act): Promise<void> {
  const first = world.log.lines.length;
  await world.fault(what, async () => {
    await begin();
    await world.pause(ms);
    await world.https.resolve();
    world.https.front.set({});
  });
  const failures = world.log.lines.slice(first).flatMap(({ text }) => failedSend.safeParse(parseJson(text)).data ?? []);
  const told = failures.filter((failure) => reason.test(failure.reason));
  const reasons = [...new Set(failures.map((failure) => failure.reason))].join(', ');
  world.say(`${told.length} of ${failures.length} failed sends are logged as that (${reasons})`);
  if (told.length === 0) world.objections.push(`'${what}' stands in no log: ${reasons}`);
  if (told.some(({ outcome, decision }) => outcome !== 'refused' || decision !== 'transient'))
    world.objections.push(`'${what}' is not told from a call that may have arrived, or is somebody's fault`);
  await untilBusyAgain(world);
}

const failedSend = z.object({
  msg: z.literal('a send failed'),
  reason: z.string(),
  decision: z.string(),
  outcome: z.string(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
