/** How an attempt to sign in ended; `throttled`: not looked at, since too many have failed before or too many come at once. */
export const signInOutcomes = ['done', 'refused', 'throttled'] as const;
export type SignInOutcome = (typeof signInOutcomes)[number];
