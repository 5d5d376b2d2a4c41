import { commandLine } from './command-line/command-line.ts';
import type { FakeLearnosityOptions } from './settings/options.ts';
import { startFakeLearnosity } from './start.ts';

async function main(options: FakeLearnosityOptions): Promise<void> {
  const fake = await startFakeLearnosity(options);
  const stop = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    void fake.close();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  process.stdout.write(`${JSON.stringify({ url: fake.url, port: fake.port, seed: fake.books().seed })}\n`);
}

try {
  await commandLine(main).parseAsync();
} catch (error) {
  // A port that is taken, above all.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
