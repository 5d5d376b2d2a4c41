import type { Kind } from '@session-queue/core';
import { acceptedCalls } from '../lab/accepted-calls.ts';
import type { Delay } from '../lab/delay.ts';
import { itemsOf } from '../lab/items.ts';
import { Lab, pause } from '../lab/lab.ts';
import { learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { quotaShare } from '../measures/quota-share.ts';
import { type SlotUse, slotUse } from '../measures/slot-use.ts';
import { toldTo } from '../peers/peer-settings.ts';
import { itemsFor, ourKey, type PeerName, peers } from './contenders.ts';

/** Session Queue beside its peers, all on one Redis and one stand-in at the same time, each with a key of its own. */
export interface Race {
  kind: Kind;
  seconds: number;
  replicas: number;
  delay: Delay;
  peers: readonly PeerName[];
}

export interface Finish {
  title: string;
  processes: number;
  /** Share of the quota, by calls. */
  share: number;
  itemsPerSecond: number;
  refused429: number;
  /** The most calls in any window, those answered 429 too. */
  mostInWindow: number;
}

export interface RaceResult extends Race {
  /** How near ours came to what can be proven. */
  use: SlotUse;
  own: Finish;
  others: Finish[];
}

const processesOf = (name: PeerName, replicas: number): number => (peers[name].hasReplicas ? replicas : 1);

/** What is under way when the time is over may still arrive. */
const lastAnswersMs = 1_000;

export async function runRace(race: Race): Promise<RaceResult> {
  const { kind, seconds, replicas, delay } = race;
  const lab = await Lab.start({
    consumers: [{ name: ourKey }],
    peerKeys: race.peers,
    delay,
    watchesCalls: true,
    lean: true,
  });
  try {
    const items = itemsFor(kind, seconds);
    const start = (name: PeerName) => {
      const margin = peers[name].marginMs?.(delay) ?? 0;
      const told = toldTo({ redis: lab.redisServer.url, api: lab.peerApiUrl, key: name, kind, items, seconds, margin });
      return Array.from({ length: processesOf(name, replicas) }, () =>
        lab.startPeer(peers[name].title, peers[name].script, told),
      );
    };
    const queued = race.peers.filter((name) => peers[name].hasReplicas);
    const alone = race.peers.filter((name) => !peers[name].hasReplicas);
    await lab.startWorkers(replicas);
    const running = queued.flatMap(start);
    await Promise.all(running.map((one) => one.says('ready')));
    // Those who bring their own work begin at once when they run.
    const work = itemsOf(kind, items, 1);
    const consumer = ourKey;
    await (kind === 'deletion'
      ? lab.client.deleteSessions({ consumer, sessionIds: work })
      : lab.client.resubmit({ consumer, submissions: work }));
    for (const name of queued) await peers[name].giveWork?.(lab.redis, kind, seconds);
    running.push(...alone.flatMap(start));
    await pause(seconds * 1_000 + lastAnswersMs);
    for (const one of [...running, ...lab.workers]) one.checkAlive();
    const use = slotUse(lab.roundTrips, learnosityQuotas[kind]);
    return { ...race, use, ...(await finishes(lab, race)) };
  } finally {
    await lab.stop();
  }
}

async function finishes(lab: Lab, race: Race): Promise<{ own: Finish; others: Finish[] }> {
  const { consumers } = await lab.books();
  const accepted = await acceptedCalls(lab, race.kind);
  const quota = learnosityQuotas[race.kind];
  const finish = (title: string, key: string, processes: number): Finish => {
    const book = consumers[key]?.[race.kind];
    const share = quotaShare(accepted.get(key) ?? [], quota);
    const itemsPerCall = (book?.items ?? 0) / (book?.accepted || 1);
    return {
      title,
      processes,
      share,
      itemsPerSecond: (share * itemsPerCall * quota.calls * 1_000) / quota.windowMs,
      refused429: book?.refused429 ?? 0,
      mostInWindow: book?.mostInWindow.received ?? 0,
    };
  };
  return {
    own: finish('Session Queue', ourKey, race.replicas),
    others: race.peers.map((name) => finish(peers[name].title, name, processesOf(name, race.replicas))),
  };
}
