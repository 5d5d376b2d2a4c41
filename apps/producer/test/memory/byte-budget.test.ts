import { describe, expect, test } from '@jest/globals';
import { ByteBudget } from '../../src/memory/byte-budget.ts';

describe('the budget of bodies in memory', () => {
  test('lets a body in once another has given its bytes back, in the order they came', async () => {
    const budget = new ByteBudget({ bytes: 100, waitMs: 5_000 });
    const giveBack = await budget.take(80);
    const order: string[] = [];
    const enter = async (name: string, bytes: number): Promise<void> => {
      const leave = await budget.take(bytes);
      order.push(name);
      leave();
    };
    const both = [enter('large', 90), enter('small', 15)];
    giveBack();
    await Promise.all(both);
    expect(order).toEqual(['large', 'small']);
  });

  test('gives no byte back twice', async () => {
    const budget = new ByteBudget({ bytes: 100, waitMs: 10 });
    const giveBack = await budget.take(60);
    giveBack();
    giveBack();
    await budget.take(100);
    await expect(budget.take(1)).rejects.toMatchObject({ kind: 'busy' });
  });

  test('lets a body in once another has given back what it does not need', async () => {
    const budget = new ByteBudget({ bytes: 100, waitMs: 5_000 });
    const giveBack = await budget.take(80);
    const second = budget.take(50);
    giveBack(90);
    giveBack(50);
    const giveSecondBack = await second;
    const third = budget.take(60);
    giveSecondBack();
    // More than was held then is not taken again.
    giveBack(60);
    giveBack(40);
    await third;
    const short = new ByteBudget({ bytes: 100, waitMs: 10 });
    const giveSomeBack = await short.take(100);
    giveSomeBack(30);
    giveSomeBack(60);
    await short.take(70);
    await expect(short.take(1)).rejects.toMatchObject({ kind: 'busy' });
  });

  test('refuses who waited too long, and lets the smaller one behind in', async () => {
    const budget = new ByteBudget({ bytes: 100, waitMs: 30 });
    await budget.take(60);
    const large = budget.take(80);
    const small = budget.take(40);
    await expect(large).rejects.toMatchObject({ kind: 'busy', status: 503, details: { retryAfterSeconds: 2 } });
    await expect(small).resolves.toBeInstanceOf(Function);
  });
});
