import { userInfo } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { consumerKeys, noteGuards, openRequest } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { cliLab } from '../support/cli-lab.ts';
import { redisCliLab } from '../support/redis-cli-lab.ts';

leakGuard();

const asking = ['delete', 'x', '--yes', '--require-approval'];

describe('delete --require-approval over HTTP', () => {
  const lab = cliLab({ findKey: (token) => (token === 'tok' ? 'desk' : undefined) }, 'tok');

  test('asks for it, and says who has to do what', async () => {
    const { exitCode, stderr } = await lab.run(asking);
    const [kept] = [...lab.queue.kept.values()];
    expect([exitCode, kept?.view.requireApproval]).toEqual([0, true]);
    expect(stderr).toContain(`It waits for a second person: node cli.js approve ${kept?.view.id}\n`);
  });

  test('is another request than without it, and the same again is the same', async () => {
    for (const args of [asking, asking, ['delete', 'x', '--yes']]) await lab.run(args);
    expect([...lab.queue.kept.values()].map(({ view }) => view.requireApproval)).toEqual([true, undefined]);
  });

  test('goes with a selection too', async () => {
    const { stdout } = await lab.run(['select', '--user', 'u1', '--json']);
    const { id } = JSON.parse(stdout) as { id: string };
    const { digest = '' } = lab.queue.becomesReady(id, ['a', 'b']);
    const looked = ['--expect-digest', digest, '--expect-count', '2'];
    const { exitCode } = await lab.run(['delete', '--selection', id, ...looked, '--yes', '--require-approval']);
    const [kept] = [...lab.queue.kept.values()];
    expect([exitCode, kept?.view.requireApproval, kept?.items]).toEqual([0, true, ['a', 'b']]);
  });

  test('and one with --verify and --no-verify at once is refused, whichever comes last', async () => {
    for (const both of [
      ['--verify', '--no-verify'],
      ['--no-verify', '--verify'],
    ]) {
      const { exitCode, stderr } = await lab.run(['delete', 'x', '--yes', ...both]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('give --verify or --no-verify, not both')]);
    }
    expect(lab.queue.kept.size).toBe(0);
    expect((await lab.run(['delete', 'x', '--yes', '--no-verify'])).exitCode).toBe(0);
  });

  test('is nothing for resubmissions', async () => {
    const { exitCode, stderr } = await lab.run(['resubmit', 'x', '--require-approval']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('unknown option')]);
  });
});

describe('delete --require-approval straight to Redis', () => {
  const lab = redisCliLab();
  const run = async (...args: string[]) => await lab.run(args);

  async function asked(...args: string[]): Promise<string> {
    const { id } = await lab.json<RequestView>([...asking, ...args]);
    // As the intake of a worker does.
    await openRequest(consumerKeys(lab.redis, lab.prefix, 'default'), id);
    return id;
  }

  test('waits for somebody else, and goes on once they approve', async () => {
    const id = await asked('--requested-by', 'ann');
    expect((await run('status', id)).stdout).toContain('waiting for the approval of a second person');
    const approved = await run('approve', id, '--reason', 'compared', '--json');
    expect(JSON.parse(approved.stdout)).toMatchObject({ state: 'accepted', approvedBy: userInfo().username });
  });

  test('is not approved by who asked', async () => {
    const id = await asked('--requested-by', userInfo().username);
    const refused = await run('approve', id);
    expect([refused.exitCode, refused.stdout]).toEqual([3, '']);
    expect((await run('status', id)).stdout).toContain('waiting for the approval of a second person');
  });

  test('under a key that stands for a request without it says that it changes nothing', async () => {
    const named = ['delete', 'y', '--yes', '--idempotency-key', 'named'];
    await run(...named);
    const { stderr } = await run(...named, '--require-approval');
    expect(stderr).toContain('It stands with no approval that it asks for itself.');
  });
});

describe('a deletion that its consumer keeps back', () => {
  const lab = redisCliLab();
  const guarded = async (guards: Parameters<typeof noteGuards>[1]) =>
    await noteGuards(consumerKeys(lab.redis, lab.prefix, 'default'), guards);

  test('says that it waits for a second person, though nobody wished it', async () => {
    await guarded({ approvalOver: 1, holdWindowMs: 0 });
    const { exitCode, stderr } = await lab.run(['delete', 'a', 'b', '--yes']);
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^It waits for a second person: .* approve cli-/m)]);
    expect((await lab.run(['delete', 'c', '--yes'])).stderr).not.toContain('second person');
  });

  test('says when it starts, and how it is revoked until then', async () => {
    await guarded({ holdWindowMs: 3_600_000 });
    const { stderr } = await lab.run(['delete', 'd', '--yes']);
    expect(stderr).toMatch(/^It starts at 20\S+Z; until then: .* revoke cli-\S+ --reason <why>$/m);
  });

  test('says that a deadline is past, and of one to come nothing', async () => {
    const past = await lab.run(['delete', 'e', '--yes', '--deadline', '2020-01-01']);
    expect([past.exitCode, past.stderr]).toEqual([
      0,
      expect.stringContaining('Its deadline is past, and so missed: 2020-01-01T00:00:00.000Z\n'),
    ]);
    expect((await lab.run(['delete', 'f', '--yes', '--deadline', '2d'])).stderr).not.toContain('deadline');
  });
});
