import { bombs } from '../hostile/bombs.ts';
import { HonestCallers } from '../hostile/honest-callers.ts';
import { SlowClients, type Slowness } from '../hostile/slow-clients.ts';
import { throwBomb } from '../hostile/throw-bomb.ts';
import type { Random } from '../random.ts';
import { peakMemoryMb } from '../world/peak-memory.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const bombsAtOnce = 6;
/** Four full bodies' items and what the process itself takes: apps/producer bounds the bodies, Node the rest. */
const mostMemoryMb = 400;
const clientsOfEachKind = 150;
/** Each asks for more than all buffers on the way take. */
const deafClientsAtOnce = 4;
/** Ten seconds for headers, twice as much for a body's pace, and the time that a busy machine takes to see it. */
const closedWithinMs = 40_000;

export const hostileFloods: Scenario = {
  name: 'hostile-floods',
  about:
    'JSON bombs, bodies of 100 MB and compressed ones, many at once; then slowloris on the producer and the dashboard',
  alone: true,
  world: { load: { backlogWindows: { deletion: 2, resubmission: 1 } } },
  async run(world, random) {
    const { port } = await world.addDashboard();
    await whileServed(world, 'bombs', [`${world.producerUrl}/readyz`], () => bombard(world, random));
    const urls = [`${world.producerUrl}/readyz`, `http://127.0.0.1:${port}/readyz`, `http://127.0.0.1:${port}/sign-in`];
    await whileServed(world, 'slow clients', urls, () => slowDown(world, port));
  },
};

/** Somebody honest is answered all the while. */
async function whileServed(
  world: World,
  what: string,
  urls: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const honest = new HonestCallers(urls);
  honest.start();
  await world.fault(what, work);
  const { asked, slowestMs, faults } = await honest.stop();
  world.say(`${what}: ${asked} honest calls meanwhile, the slowest took ${slowestMs} ms`);
  world.objections.push(...faults);
}

async function bombard(world: World, random: Random): Promise<void> {
  const waiting = random.shuffled([...bombs, ...bombs]).values();
  const throwAll = async (): Promise<void> => {
    for (const bomb of waiting) {
      const status = await throwBomb(world, bomb);
      const isExpected = status === bomb.status || status === 503;
      if (!isExpected) world.objections.push(`${bomb.what} was answered ${status}, not ${bomb.status}`);
    }
  };
  await Promise.all(Array.from({ length: bombsAtOnce }, throwAll));
  const peak = Math.round(peakMemoryMb(world.producer.child.pid));
  world.say(`${2 * bombs.length} bombs; the producer held ${peak} MB at most`);
  if (peak > mostMemoryMb) world.objections.push(`the producer held ${peak} MB, allowed are ${mostMemoryMb}`);
}

async function slowDown(world: World, dashboardPort: number): Promise<void> {
  const producerPort = Number(new URL(world.producerUrl).port);
  const auth = `Authorization: Bearer ${world.token}\r\nContent-Type: application/json\r\n`;
  const large = `Content-Length: ${40 * 1024 * 1024}\r\n\r\n{"sessionIds":[`;
  const headers: Slowness = {
    what: 'drip headers',
    start: 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ',
    drip: 'a',
    reads: true,
  };
  const body = (path: string, head: string): Slowness => ({
    what: `drip a body for ${path}`,
    start: `POST ${path} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n${head}`,
    drip: ' ',
    reads: true,
  });
  const deaf: Slowness = {
    what: 'do not read',
    start: 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500),
    drip: '',
    reads: false,
  };
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8000\r\n\r\nname=';
  const groups = [
    { where: 'the producer', port: producerPort, slowness: headers },
    { where: 'the producer', port: producerPort, slowness: body('/v1/deletions', `${auth}${large}`) },
    {
      where: 'the producer',
      port: producerPort,
      slowness: body('/v1/stop', `${auth}Transfer-Encoding: chunked\r\n\r\nfff\r\n{`),
    },
    { where: 'the dashboard', port: dashboardPort, slowness: headers },
    { where: 'the dashboard', port: dashboardPort, slowness: body('/sign-in', form) },
  ].map((group) => ({ ...group, clients: new SlowClients(group.port, clientsOfEachKind, group.slowness) }));
  // Cut after 120 s without a move: that is not waited for here.
  const deafClients = new SlowClients(producerPort, deafClientsAtOnce, deaf);
  const from = performance.now();
  await world
    .until('all are closed', () => groups.every(({ clients }) => clients.open === 0), closedWithinMs)
    .catch(() => undefined);
  world.say(`slow clients were closed after ${Math.round((performance.now() - from) / 1_000)} s`);
  for (const { where, slowness, clients } of groups) {
    if (clients.open > 0) world.objections.push(`${where} still keeps ${clients.open} clients that ${slowness.what}`);
    clients.close();
  }
  deafClients.close();
}
