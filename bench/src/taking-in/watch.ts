// Watches Redis from a process of its own: pings it every millisecond without waiting for answers, and notes the most memory it uses.
// Ended by SIGTERM, it says what it saw.
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { usedMemory } from './redis-facts.ts';

const { redis: url = '' } = parseArgs({ options: { redis: { type: 'string' } } }).values;
const pinging = new Redis(url);
const looking = new Redis(url);
const answers: number[] = [];
let lastTick = 0;
let ownDelayMs = 0;
let peakBytes = 0;

await Promise.all([pinging.ping(), looking.ping()]);
setInterval(() => {
  const sent = performance.now();
  // What this process itself was late by is not Redis's doing.
  if (lastTick > 0) ownDelayMs = Math.max(ownDelayMs, sent - lastTick - 1);
  lastTick = sent;
  void pinging.ping().then(() => answers.push(performance.now() - sent));
}, 1);
setInterval(() => {
  void usedMemory(looking).then((bytes) => {
    peakBytes = Math.max(peakBytes, bytes);
  });
}, 10);
process.on('SIGTERM', () => {
  answers.sort((one, other) => one - other);
  const p999Ms = answers[Math.floor(answers.length * 0.999)] ?? 0;
  console.log(JSON.stringify({ pings: answers.length, longestMs: answers.at(-1) ?? 0, p999Ms, ownDelayMs, peakBytes }));
  process.exit(0);
});
console.log('ready');
