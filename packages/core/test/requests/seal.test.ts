import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, eventually } from '@session-queue/testing';
import { consumerScript } from '../../src/lanes/script-files.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { ids, Lab } from '../lanes/lab.ts';

const local = (name: string) => new URL(`../../src/requests/scripts/${name}.lua`, import.meta.url);
const sealScript = consumerScript(local('upload'), local('seal'));

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

describe('a seal (invariant 1)', () => {
  test('is refused while a chunk is missing, as when Redis has lost what came last, or by another upload', async () => {
    const rest = deferred();
    async function* items() {
      yield* ids(2_500);
      await rest.promise;
    }
    const upload = storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: items() });
    const key = `${lab.keys.base}request:r`;
    await eventually(async () => (await lab.redis.hget(key, 'chunks')) === '2');
    const token = (await lab.redis.hget(key, 'token')) ?? '';
    const seal = (by: string, chunks: number) =>
      sealScript.run(lab.redis, [lab.keys.base], ['r', by, 'digest', chunks]);
    expect(await seal(token, 3)).toEqual(['lost']);
    expect(await seal('another', 2)).toEqual(['lost']);
    expect(await lab.redis.hget(key, 'state')).toBe('receiving');
    rest.resolve();
    await upload;
    expect(await lab.counts('r')).toMatchObject({ state: 'accepted', total: 2_500, pending: 2_500 });
  });
});
