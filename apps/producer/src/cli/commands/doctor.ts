import { checkSystem } from '@session-queue/core';
import type { Session } from '../connection/session.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkProducer } from '../doctor/producer.ts';
import { checkServer } from '../doctor/redis-server.ts';
import { checkWork } from '../doctor/work.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Colours, coloursFor, print } from '../terminal.ts';
import { counted } from '../wording.ts';

/** `session-queue doctor`: what is wrong, and how to mend it. */
export async function doctor(session: Session): Promise<void> {
  const { terminal, json } = session;
  const findings = await examine(session);
  const colours = coloursFor(terminal, terminal.stdout);
  for (const finding of findings) print(terminal, json ? JSON.stringify(finding) : describe(finding, colours));
  const bad = findings.filter(({ level }) => level === 'bad').length;
  if (bad > 0) throw new CommandFailure(exitCodes.notDone, `${counted(bad, 'thing')} to mend.`);
}

async function examine({ way, ready, hint }: Session): Promise<Finding[]> {
  if (way.is === 'http') return await checkProducer(way);
  // What keeps it from becoming ready is what the check of the server then says.
  const isReady = await ready().then(
    () => true,
    () => false,
  );
  let health = await checkSystem(way.redis, way.prefix);
  if (isReady && health.problems.some(({ code }) => code === 'unreachable')) {
    // A replica refuses what BullMQ notes at the start, and the connection is made anew, once.
    await ready().catch(() => undefined);
    health = await checkSystem(way.redis, way.prefix);
  }
  const server = await checkServer(way.redis, health);
  return isReady && health.work !== undefined ? [...server, ...(await checkWork(way, health, hint))] : server;
}

function describe({ level, what, remedy }: Finding, colours: Colours): string {
  const colour = { ok: colours.green, warn: colours.yellow, bad: colours.red }[level];
  return `${colour(level.padEnd(5))} ${what}${remedy === undefined ? '' : `\n      ${colours.dim('mend:')} ${remedy}`}`;
}
