import { secretsEqual } from '@session-queue/core';
import type { Request } from 'express';
import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { Refused } from './refused.ts';

const field = 'token';

/** The hidden field that every form of ours has: it proves that the form came from a page of this session. */
export function formTokenField({ formToken }: Account): Html {
  return html`<input type="hidden" name="${field}" value="${formToken}">`;
}

/** Refuses a form of another session, of another site, or without a token. */
export function checkFormToken(request: Request, { formToken }: Account): void {
  const body: unknown = request.body;
  const given: unknown = typeof body === 'object' && body !== null && field in body ? body[field] : undefined;
  if (typeof given === 'string' && secretsEqual(given, formToken)) return;
  throw new Refused(
    403,
    'This form is of another sign-in. Nothing was done: open the page again, and send it from there.',
  );
}
