import type { Refusal } from '@session-queue/core';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { printable } from '../wording.ts';

/** What passes by itself: the same may be asked again. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'memory_short', 'in_progress', 'rate_limited', 'busy']);

export function isPassing(refusal: Refusal): boolean {
  return passing.has(refusal.code);
}

export function exitCodeOf(refusal: Refusal): ExitCode {
  return isPassing(refusal) ? exitCodes.unavailable : exitCodes.refused;
}

/** What to do about a refusal here, where its message tells programs. */
const remedies: Readonly<Record<string, string>> = {
  unauthorized: 'The token is taken from SESSION_QUEUE_TOKEN, or from --token.',
  unknown_consumer: 'The command "consumers" lists them.',
};

/** A refusal as a sentence, with the field that it is about, and what to do about it. */
export function describeRefusal(refusal: Refusal): string {
  const remedy = remedies[refusal.code];
  return remedy === undefined ? sentenceOf(refusal) : `${sentenceOf(refusal)}\n${remedy}`;
}

function sentenceOf({ field, message }: Refusal): string {
  const text = message.split('\n').map(printable).join('\n');
  const sentence = field ? `${printable(field)}: ${text}` : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
