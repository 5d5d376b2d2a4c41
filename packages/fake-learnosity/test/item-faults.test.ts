import { describe, expect, test } from '@jest/globals';
import type { ScriptInput } from '../src/index.ts';
import { base64, refused, stage } from './stage/stage.ts';

describe('a bad item', () => {
  test.each<[string, Partial<ScriptInput>, string]>([
    ['by its value', {}, 'Invalid parameter value: bad'],
    ['by its place', { naming: 'place' }, 'Invalid parameter value: session_ids[1]'],
    ['not at all', { naming: 'none' }, 'Invalid parameter value'],
    ['together with the others', { nameAll: true }, 'Invalid parameter value: bad, worse'],
  ])('fails its whole call, and is named %s', async (_, more, message) => {
    const { deletion, fake } = await stage();
    fake.script({ fault: 'badItems', items: ['worse', 'bad'], code: 20001, ...more } as ScriptInput);
    const reply = await deletion(['good', 'bad', 'worse']);
    expect(refused(reply)).toEqual({ status: 400, code: 20001 });
    expect(reply.meta.message).toBe(message);
    expect(fake.session('good').calls).toBe(0);
    expect((await deletion(['good'])).status).toBe(200);
  });

  test('may be known by how it starts', async () => {
    const { deletion, fake } = await stage();
    fake.script({ fault: 'badItems', prefix: 'bad-' });
    expect(refused(await deletion(['good', 'bad-1']))).toEqual({ status: 400, code: 20004 });
    expect((await deletion(['good-bad-1'])).status).toBe(200);
  });

  test('may be refused with 200 and status false', async () => {
    const { deletion, fake } = await stage();
    fake.script({ fault: 'badItems', items: ['bad'], status: 200 });
    expect(refused(await deletion(['bad']))).toEqual({ status: 200, code: 20004 });
  });

  test('is named by its place when it is a long submission', async () => {
    const { resubmission, fake } = await stage();
    const [short, long] = [base64('short'), base64('long'.repeat(100))];
    fake.script({ fault: 'badItems', items: [short, long], nameAll: true });
    const reply = await resubmission(['AAAA', long, short]);
    expect(reply.meta.message).toBe(`Invalid parameter value: data[1], ${short}`);
    expect(fake.submission('AAAA').calls).toBe(0);
  });
});

describe('sessions already gone', () => {
  test('may be scripted to be refused, named or not, whatever the rule', async () => {
    const { deletion, fake } = await stage({ gone: ['lost', 'also lost'] });
    const named = fake.script({ fault: 'gone', answer: 'refuse', nameAll: true });
    const reply = await deletion(['lost', 'here', 'also lost']);
    expect(refused(reply)).toEqual({ status: 400, code: 20016 });
    expect(reply.meta.message).toBe('Session not found: lost, also lost');
    expect((await deletion(['here'])).status).toBe(200);
    expect(named.struck()).toBe(1);
    named.remove();
    fake.script({ fault: 'gone', answer: 'refuse', naming: 'none', times: 1 });
    expect((await deletion(['lost', 'here'])).meta.message).toBe('Session not found');
    expect((await deletion(['lost', 'here'])).status).toBe(200);
  });

  test('may be scripted to be a success, whatever the rule', async () => {
    const { deletion, fake } = await stage({ gone: ['lost'], goneAnswer: 'refuse-named' });
    fake.script({ fault: 'gone', answer: 'succeed', times: 1 });
    expect((await deletion(['lost'])).status).toBe(200);
    expect(fake.books().sessions).toMatchObject({ named: 1, absent: 1 });
    expect(refused(await deletion(['lost']))).toEqual({ status: 400, code: 20016 });
  });
});
