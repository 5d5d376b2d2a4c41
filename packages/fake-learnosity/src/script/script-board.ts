import type { EndpointName } from '../settings/endpoints.ts';
import type { Random } from '../settings/random.ts';
import type { CallFaultName, CallScript, Fault } from './faults.ts';

/** What a fault can be matched against. */
export interface MatchedCall {
  readonly endpoint: EndpointName;
  readonly consumer: string;
  readonly items: readonly string[];
}

/** A fault on the board: how often it struck, and how often it still will. */
export interface PostedScript {
  readonly id: number;
  readonly script: CallScript;
  struck: number;
}

/** The faults in force, in the order in which they were given. */
export class ScriptBoard {
  readonly #random: Random;
  #posted: PostedScript[] = [];
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  post(script: CallScript): PostedScript {
    this.#lastId += 1;
    const posted = { id: this.#lastId, script, struck: 0 };
    this.#posted.push(posted);
    return posted;
  }

  /** Answers with what it took out; `undefined` when there is no such fault any more. */
  remove(id: number): PostedScript | undefined {
    const removed = this.#posted.find((posted) => posted.id === id);
    this.#posted = this.#posted.filter((posted) => posted !== removed);
    return removed;
  }

  list(): readonly PostedScript[] {
    return this.#posted;
  }

  /**
   * The first fault of these names that fits the call, passes `applies` and wins its toss. It has struck then: its `times`
   * go down, and it leaves the board when they are spent.
   */
  strike<N extends CallFaultName>(
    names: readonly N[],
    call: MatchedCall,
    applies: (fault: Fault<N>) => boolean = () => true,
  ): Fault<N> | undefined {
    for (const posted of this.#posted) {
      const { script } = posted;
      if (!isOneOf(script, names) || !fits(script.match, call) || !applies(script)) continue;
      if (script.probability !== undefined && this.#random.fraction() >= script.probability) continue;
      posted.struck += 1;
      if (posted.struck === script.times) this.remove(posted.id);
      return script;
    }
    return undefined;
  }
}

function isOneOf<N extends CallFaultName>(script: CallScript, names: readonly N[]): script is Fault<N> {
  return names.some((name) => name === script.fault);
}

function fits(match: CallScript['match'], call: MatchedCall): boolean {
  if (match === undefined) return true;
  const { endpoint, consumer, holding } = match;
  if (endpoint !== undefined && ![endpoint].flat().includes(call.endpoint)) return false;
  if (consumer !== undefined && consumer !== call.consumer) return false;
  return holding === undefined || holding.some((item) => call.items.includes(item));
}
