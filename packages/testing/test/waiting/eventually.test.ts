import { describe, expect, it } from '@jest/globals';
import { deferred } from '../../src/waiting/deferred.ts';
import { eventually } from '../../src/waiting/eventually.ts';

describe('eventually', () => {
  it('returns what the check returns once it is there', async () => {
    const answers = [undefined, null, false, 'there'];
    expect(await eventually(() => answers.shift(), { intervalMs: 1 })).toBe('there');
  });

  it('takes zero and the empty string for an answer', async () => {
    expect(await eventually(() => 0)).toBe(0);
    expect(await eventually(async () => '')).toBe('');
  });

  it('goes on after a throw', async () => {
    let calls = 0;
    const check = () => {
      calls++;
      if (calls < 3) throw new Error('not yet');
      return calls;
    };
    expect(await eventually(check, { intervalMs: 1 })).toBe(3);
  });

  it('says what it waited for and what the last check threw, with the cause', async () => {
    const cause = new Error('3 of 5 are done');
    const check = () => {
      throw cause;
    };
    const failure = eventually(check, { timeoutMs: 30, intervalMs: 5, what: 'the request' });
    await expect(failure).rejects.toThrow(
      'the request did not come true within 30 ms; the last check threw: 3 of 5 are done',
    );
    await expect(failure).rejects.toHaveProperty('cause', cause);
  });

  it('says what the last check returned, and warns of a check that returns nothing', async () => {
    await expect(eventually(() => false, { timeoutMs: 20 })).rejects.toThrow('the last check returned false');
    await expect(eventually(() => undefined, { timeoutMs: 20 })).rejects.toThrow('must return true or a value');
  });

  it('does not give up at once after the process stood still for longer than it waits', async () => {
    let calls = 0;
    const check = () => {
      calls++;
      if (calls === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      return calls === 3;
    };
    expect(await eventually(check, { timeoutMs: 200, intervalMs: 5 })).toBe(true);
  });

  it('gives up a check that never answers', async () => {
    const never = deferred<boolean>();
    await expect(eventually(() => never.promise, { timeoutMs: 20 })).rejects.toThrow('the check never answered');
  });
});

describe('deferred', () => {
  it('resolves from outside', async () => {
    const done = deferred<number>();
    done.resolve(7);
    expect(await done.promise).toBe(7);
  });

  it('rejects from outside', async () => {
    const done = deferred();
    done.reject(new Error('no'));
    await expect(done.promise).rejects.toThrow('no');
  });
});
