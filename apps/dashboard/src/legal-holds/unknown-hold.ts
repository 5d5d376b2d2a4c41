/** What a person is told of an id that no legal hold has. */
export const unknownHold = 'There is no such legal hold: it was never placed, or has been lifted.';
