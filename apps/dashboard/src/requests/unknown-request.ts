import { unknownRequest as coreWords } from '@session-queue/core';

/** What a person is told of an id that no request has, as a sentence. */
export const unknownRequest = `${coreWords.charAt(0).toUpperCase()}${coreWords.slice(1)}.`;
