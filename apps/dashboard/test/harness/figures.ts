import { BusyConsumers, consumerKeys } from '@session-queue/core/engine';
import type { TestDashboard } from './dashboard.ts';

/** Writes a consumer's figures as the lanes' scripts do, '<kind>:<figure>', and marks it busy. */
export async function giveFigures(
  { redis, prefix }: TestDashboard,
  consumer: string,
  figures: Record<string, number | string>,
): Promise<void> {
  await new BusyConsumers(redis, prefix).mark(consumer);
  await redis.hset(`${consumerKeys(redis, prefix, consumer).base}figures`, figures);
}

/** The same for what has ended today. */
export async function giveToday(
  { redis, prefix }: TestDashboard,
  consumer: string,
  figures: Record<string, number>,
): Promise<void> {
  const day = Math.floor(Date.now() / 86_400_000);
  await redis.hset(`${consumerKeys(redis, prefix, consumer).base}figures:today`, { day, ...figures });
}
