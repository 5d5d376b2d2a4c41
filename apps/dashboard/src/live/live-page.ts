import { Refusal } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Access } from '../accounts/access.ts';
import type { Account } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { DoneNotice } from '../actions/done-notice.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import type { Html } from '../pages/html.ts';
import { noticePage } from '../pages/notice-page.ts';
import type { PageParts } from './event-stream.ts';
import type { EventStreams } from './event-streams.ts';
import { Followed } from './followed.ts';
import { LiveReading } from './live-reading.ts';

/** Longer than any id: jobs of longer ids are refused, and Bull Board links from them as well. */
const query = z.object({ id: z.string().trim().min(1).max(1_000) });
const readWithinMs = 5_000;
/** All who look at one thing share one reading in this time, in ms. */
const readEveryMs = 2_000;

export interface LivePageOptions {
  caller: Caller;
  access: Access;
  streams: EventStreams;
  doneNotice: DoneNotice;
}

/** A page about one thing, by the id in its query, and what keeps it up to date. */
export interface LivePage<Picture> {
  /** What it is about: 'request'. */
  noun: string;
  /** Where whoever names none is led to. */
  elsewhere: string;
  /** What a person is told of an id that nothing has. */
  unknown: string;
  /** What reads one thing as often as it is called; refuses with `not_found`. */
  reader: (id: string) => () => Promise<Picture>;
  show: (picture: Picture, account: Account, notice?: Html) => string;
  asText: (picture: Picture, account: Account) => PageParts;
}

/** Answers with the page. */
export function showLivePage<Picture>(options: LivePageOptions, page: LivePage<Picture>): RequestHandler {
  const { elsewhere, unknown: message, reader, show } = page;
  return async (incoming, response) => {
    const account = signedIn(options.caller);
    const asked = query.safeParse(incoming.query);
    if (!asked.success) return response.redirect(303, elsewhere);
    const picture = await redisWork(readWithinMs, reader(asked.data.id)()).catch(unlessUnknown);
    if (picture === undefined)
      return void response.status(404).send(noticePage({ title: 'Not found', message, account }));
    response.send(show(picture, account, await options.doneNotice(incoming, account)));
  };
}

/** Keeps the page up to date by server-sent events. */
export function followLivePage<Picture>(options: LivePageOptions, page: LivePage<Picture>): RequestHandler {
  const { noun, reader, asText: render } = page;
  const followed = new Followed<Picture>((id) => {
    const read = reader(id);
    return new LiveReading(() => redisWork(readWithinMs, read()), readEveryMs);
  });
  return async (incoming, response) => {
    const asked = query.safeParse(incoming.query);
    if (!asked.success) throw new Refused(400, `Name the ${noun}.`);
    const { access, streams } = options;
    await followed.follow(asked.data.id, (reading) => {
      streams.open(incoming, response, access, { reading, render });
      return response;
    });
  };
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
}
