import { bullPrefix, kinds, queueNames } from '@session-queue/core';
import { Queue } from 'bullmq';
import type { Random } from '../random.ts';
import type { Dashboard } from '../world/dashboard.ts';
import type { World } from '../world/world.ts';
import { markerIn } from './check-answer.ts';
import { type DashboardCase, dashboardCases } from './dashboard-cases.ts';
import { writeDraft } from './draft.ts';
import { askForKnown } from './known-requests.ts';
import { fillPlaces, tagMarker } from './places.ts';
import { type CasesRun, runCases } from './run-cases.ts';
import { type Answer, exchange, type NoAnswer } from './wire.ts';

/** What an error that nobody has caught looks like, as text, as a page and within JSON. A refused job's own error has no frames. */
const insides = /node_modules|\n\s+at |&nbsp; at |\\n +at /;
/** Whoever has to sign in first is sent back to where they wanted to go: what they asked for stands there. */
const returnsTo = /\r\nlocation: |name="next"|http-equiv="refresh"/i;

/** Sends made-up requests to the dashboard, by nobody, by a viewer and by an admin. */
export async function attackDashboard(
  world: World,
  dashboard: Dashboard,
  random: Random,
  count: number,
): Promise<CasesRun> {
  const [ada, vic] = dashboard.users;
  const cookies = { nobody: undefined, viewer: await signIn(dashboard, vic), admin: await signIn(dashboard, ada) };
  const known = await askForKnown(world, random);
  try {
    return await runCases({
      name: 'dashboard',
      seed: random.between(0, 2 ** 31 - 1),
      count,
      atOnce: 6,
      cases: dashboardCases(`127.0.0.1:${dashboard.port}`),
      check: async ({ draft, by }) => {
        const cookie = cookies[by];
        const headers = [...draft.headers];
        if (cookie !== undefined && !headers.some(([name]) => name === 'Cookie')) headers.push(['Cookie', cookie]);
        const bytes = writeDraft({ ...draft, headers }, (text) => fillPlaces(text, random.pick(known)));
        return faultOf(await exchange(dashboard.port, bytes, draft.oddness === 'framing'), draft.oddness === 'framing');
      },
      describe: describeCase,
    });
  } finally {
    await resumeAll(world);
  }
}

async function signIn({ port }: Dashboard, user: Dashboard['users'][number] | undefined): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ name: user?.name ?? '', password: user?.password ?? '' }),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`signing in was answered ${response.status}`);
  return cookie;
}

function faultOf(answer: Answer | NoAnswer, mayClose: boolean): string | undefined {
  if (answer === 'closed' && mayClose) return undefined;
  if (typeof answer === 'string')
    return answer === 'silent' ? 'no answer' : 'the connection was closed without an answer';
  const { status, body, whole } = answer;
  const marker = returnsTo.test(whole) ? undefined : markerIn(whole);
  if (marker !== undefined) return `${status}, and the answer holds '${marker}'`;
  if (whole.includes(tagMarker)) return `${status}, and what was sent stands in the page as it was sent`;
  if (insides.test(body)) return `${status}, and the answer shows its insides`;
  if (status >= 500) return `${status}, and nothing is broken`;
  if (/"polluted":\s*true/.test(body)) return `${status}, and a prototype is polluted`;
  return undefined;
}

/** An admin may have paused something. */
async function resumeAll({ redisClient }: World): Promise<void> {
  for (const name of kinds.flatMap((kind) => Object.values(queueNames[kind]))) {
    const queue = new Queue(name, { connection: redisClient, prefix: bullPrefix('session-queue') });
    await queue.resume();
    await queue.close();
  }
}

function describeCase({ draft, by }: DashboardCase): string {
  const { method, path, query, changes, text } = draft;
  const line = `${method} ${path.slice(0, 100)}?${query.join('&').slice(0, 100)}`;
  return JSON.stringify({ by, changes, line, body: text?.slice(0, 100) });
}
