import { unknownSelection as coreWords } from '@session-queue/core';

/** What a person is told of an id that no selection has, as a sentence. */
export const unknownSelection = `${coreWords.charAt(0).toUpperCase()}${coreWords.slice(1)}.`;
