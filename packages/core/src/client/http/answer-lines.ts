import { Refusal } from '../../requests/refusal.ts';
import type { Stillness } from './stillness.ts';

/** The lines of an answer as they come, as fast as they are taken. Throws where it ends within a line: what came is not all. */
export async function* answerLines(
  body: ReadableStream<Uint8Array> | null,
  stillness: Stillness,
): AsyncGenerator<string[], void, undefined> {
  const reader = body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      stillness.moved();
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) {
        stillness.hold();
        yield lines;
        stillness.moved();
      }
      if (done) break;
    }
    if (rest !== '') throw new Refusal('unavailable', 'the answer was cut off: what came of it is not all');
  } finally {
    // Nobody waits for one that is stuck.
    void reader?.cancel().catch(() => undefined);
  }
}
