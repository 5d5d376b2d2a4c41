import { actionWords } from '../actions/action-words.ts';

/** Every action that the audit log can have: those of our pages and of Bull Board, and coming and going. */
export const auditedActions: readonly string[] = ['sign-in', 'sign-out', ...Object.keys(actionWords)];
