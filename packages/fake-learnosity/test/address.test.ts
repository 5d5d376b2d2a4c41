import { describe, expect, test } from '@jest/globals';
import { refused, stage } from './stage/stage.ts';

describe('the address of a call', () => {
  test.each(['GET', 'PUT', 'DELETE'])('takes no %s', async (method) => {
    const { deletion, fake } = await stage();
    expect(refused(await deletion(['a'], { method }))).toEqual({ status: 405, code: 40001 });
    expect(fake.books().strays).toEqual({ received: 1, refused: { 40001: 1 }, broken: 0 });
  });

  test.each([
    ['/v2019.9.LTS/sessions', 404, 20012],
    ['/latest-lts/sessions', 404, 20012],
    ['/sessions', 404, 20012],
    ['/v2026.2.LTS/sessions/', 404, 20012],
    ['/v2026.2.LTS/sessions?x=1', 404, 20012],
    ['/v2026.2.LTS/items', 404, 20012],
    ['/v2026.2.LTS', 404, 20012],
    ['/v2023.1.LTS/sessions', 410, 42001],
  ])('%s is answered %i / %i', async (path, status, code) => {
    const { deletion } = await stage();
    expect(refused(await deletion(['a'], { path }))).toEqual({ status, code });
  });

  test('has the versions that are configured', async () => {
    const { deletion } = await stage({ versions: ['v9.1.LTS'], removedVersions: ['v8.1.LTS'] });
    expect((await deletion(['a'], { path: '/v9.1.LTS/sessions' })).status).toBe(200);
    expect((await deletion(['a'], { path: '/v8.1.LTS/sessions' })).status).toBe(410);
    expect((await deletion(['a'])).status).toBe(404);
  });

  test.each([
    ['/v2026.2.LTS/sessions', 'get'],
    ['/v2026.2.LTS/jobs', 'set'],
    ['/v2026.2.LTS/sessions/metadata', 'delete'],
  ])('%s knows no action %s', async (path, action) => {
    const { send } = await stage();
    expect(refused(await send({ path, action, request: {} }))).toEqual({ status: 400, code: 20004 });
  });
});
