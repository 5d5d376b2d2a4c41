import { type Script, type ScriptInput, scriptSchema } from '../script/faults.ts';
import type { PostedScript } from '../script/script-board.ts';
import type { World } from './world.ts';

/**
 * Puts faults in force: those that strike calls go on the board, a changed secret goes to its consumer. All are checked before the
 * first is posted. Throws a ZodError for a malformed fault, an Error for an unknown consumer.
 */
export function postScripts(
  world: Pick<World, 'consumers' | 'scripts'>,
  inputs: readonly ScriptInput[],
  now: number,
): PostedScript[] {
  const scripts = inputs.map((input): Script => scriptSchema.parse(input));
  for (const script of scripts) {
    const named = script.fault === 'secret' ? script.consumer : script.match?.consumer;
    if (named !== undefined && !world.consumers.has(named)) throw new Error(`unknown consumer: ${named}`);
  }
  const posted: PostedScript[] = [];
  for (const script of scripts) {
    if (script.fault === 'secret') {
      world.consumers.get(script.consumer)?.changeSecret(script.secret, now + script.afterMs);
    } else posted.push(world.scripts.post(script));
  }
  return posted;
}
