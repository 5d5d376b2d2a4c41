import { expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import express from 'express';
import { HttpService } from '../src/server/http-service.ts';

leakGuard();

test("requests and responses are Express's before Express sees them", async () => {
  const app = express();
  app.get('/hello', (request, response) => {
    response.json({ host: request.get('host'), fresh: request.fresh, app: request.app === app });
  });
  const prototypes: unknown[][] = [];
  const handle: (...given: unknown[]) => void = Reflect.get(app, 'handle').bind(app);
  Object.assign(app, {
    handle: (...given: unknown[]) => {
      prototypes.push(given.slice(0, 2).map((message) => Object.getPrototypeOf(message)));
      handle(...given);
    },
  });
  const service = new HttpService(app, { port: 0, host: '127.0.0.1', stopGraceMs: 1_000 });
  const { port } = await service.start();
  const answer = await fetch(`http://127.0.0.1:${port}/hello`);
  expect(await answer.json()).toEqual({ host: `127.0.0.1:${port}`, fresh: false, app: true });
  expect(prototypes).toEqual([[app.request, app.response]]);
  await service.stop();
});
