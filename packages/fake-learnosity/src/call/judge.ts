import { type Answer, pageAnswer, refusalAnswer, resultAnswer, scriptedAnswer } from '../answer/answer.ts';
import type { CallLedger } from '../books/call-ledger.ts';
import type { ReadCall, Visit } from '../endpoints/endpoint.ts';
import { readCall } from '../endpoints/read-call.ts';
import { type Outcome, outcomeFaults } from '../script/faults.ts';
import type { EndpointName } from '../settings/endpoints.ts';
import type { World } from '../world/world.ts';
import { endpointAt, type Versions } from './address.ts';
import { type IdentifiedCall, type IncomingCall, identify, isMisrouted } from './identify.ts';
import { Refusal, refusals } from './refusal.ts';
import { checkSecurity } from './security.ts';

/** What a call is answered, how the answer is spoilt, and how long a script holds it back. */
export interface Verdict {
  readonly answer: Answer;
  readonly spoilt?: Outcome | undefined;
  readonly latencyMs: number;
  readonly ledger?: CallLedger;
}

/**
 * Judges a call, and lets it have its effect. In this order: address, form, consumer, security, action, quota, parameters,
 * script, effect. A call takes a place in the quota when it comes past the quota, whatever it is answered then, unless a
 * script answers it 429; a 429 takes none.
 */
export function judge(world: World, served: Versions, call: IncomingCall): Verdict {
  try {
    const identified = identify(call, served, world.consumers);
    const endpoint = endpointAt(identified.path, identified.form.action);
    if (endpoint !== undefined) return judgeIdentified(world, call, identified, endpoint);
    proveCaller(call, identified);
    throw new Refusal(refusals.wrongValue, `Invalid parameter value: action ${identified.form.action}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.strays.refuse(String(error.code));
    return { answer: refusalAnswer(error, call.now), latencyMs: 0 };
  }
}

function judgeIdentified(
  world: World,
  call: IncomingCall,
  identified: IdentifiedCall,
  endpoint: EndpointName,
): Verdict {
  const { caller, form } = identified;
  const ledger = caller.ledgers[endpoint];
  ledger.receive(call.arrivedAt, call.horizon);
  if (isMisrouted(call, identified)) ledger.misrouted += 1;
  let visit: Visit = { world, caller, endpoint, consumer: caller.key, items: [], now: call.now };
  const verdict = (answer: Answer, spoilt?: Outcome): Verdict => {
    const held = world.scripts.strike(['latency'], visit);
    return { answer, spoilt, latencyMs: held === undefined ? 0 : world.random.latency.within(held), ledger };
  };
  const refuse429 = (answer: Answer): Verdict => {
    ledger.refuse429(call.arrivedAt, call.horizon);
    return verdict(answer);
  };
  let spoilt: Outcome | undefined;
  try {
    proveCaller(call, identified);
    if (ledger.isOverQuota(call.arrivedAt)) {
      return refuse429(refusalAnswer(new Refusal(refusals.overQuota, 'Too many requests'), call.now));
    }
    const read = readOrRefuse(endpoint, form.request);
    if (read instanceof Refusal) {
      ledger.count(call.arrivedAt, call.horizon);
      throw read;
    }
    visit = { ...visit, items: read.items };
    const bytes = call.body?.length ?? 0;
    spoilt = world.scripts.strike(outcomeFaults, visit, (fault) => fault.fault !== 'tooLarge' || bytes > fault.bytes);
    if (spoilt?.fault === 'error' && spoilt.status === 429) return refuse429(scriptedAnswer(spoilt, call.now));
    ledger.count(call.arrivedAt, call.horizon);
    return verdict(spoilt === undefined ? plain(read, visit, ledger) : scripted(spoilt, read, visit, ledger), spoilt);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ledger.refuse(String(error.code));
    return verdict(refusalAnswer(error, call.now), spoilt);
  }
}

function proveCaller(call: IncomingCall, { security, form, caller }: IdentifiedCall): void {
  checkSecurity(security, form, { domains: caller.domains, secret: caller.secretAt(call.now) }, call.now);
}

function readOrRefuse(endpoint: EndpointName, request: string): ReadCall | Refusal {
  try {
    return readCall(endpoint, request);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function plain(read: ReadCall, visit: Visit, ledger: CallLedger): Answer {
  const result = read.perform(visit);
  ledger.accepted += 1;
  ledger.items += read.items.length;
  return resultAnswer(result, visit.now);
}

/** The answer under a fault that decides the outcome. The call has its effect only where the fault says so. */
function scripted(fault: Outcome, read: ReadCall, visit: Visit, ledger: CallLedger): Answer {
  const takesEffect = fault.fault !== 'tooLarge' && fault.effect;
  let answer = resultAnswer({ data: [] }, visit.now);
  if (takesEffect) {
    const result = read.perform(visit);
    ledger.accepted += 1;
    ledger.items += read.items.length;
    ledger.spoilt += 1;
    answer = resultAnswer(result, visit.now, fault.fault === 'wrongShape' ? fault.shape : undefined);
  }
  switch (fault.fault) {
    case 'error':
      if (!takesEffect) ledger.refuse(fault.code === undefined ? `http-${fault.status}` : String(fault.code));
      return scriptedAnswer(fault, visit.now);
    case 'html':
      if (!takesEffect) ledger.refuse(`http-${fault.status}`);
      return pageAnswer(fault.status, 'Scripted page');
    case 'tooLarge':
      ledger.refuse('http-413');
      return pageAnswer(413, 'Request Entity Too Large');
    default:
      if (!takesEffect) ledger.lost += 1;
      return answer;
  }
}
