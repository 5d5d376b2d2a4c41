/** After so long without a word there is one, so that nobody takes a long benchmark for a dead one. */
const silenceMs = 30_000;

export interface Progress {
  say(text: string): void;
  stop(): void;
}

export function startProgress(): Progress {
  const from = performance.now();
  let timer: NodeJS.Timeout;
  const wait = () => {
    timer = setTimeout(() => {
      console.log(`   running for ${Math.round((performance.now() - from) / 1_000)} s`);
      wait();
    }, silenceMs);
  };
  wait();
  return {
    say(text) {
      console.log(`   ${text}`);
      clearTimeout(timer);
      wait();
    },
    stop: () => clearTimeout(timer),
  };
}
