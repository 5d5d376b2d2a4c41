import { itemMarkers } from '../load/asks.ts';

/** Stands in what is generated. Each sending puts a number of its own there, so that no two requests share an item. */
export const uniquePlace = 'UNIQUEUNIQUE';
/** Stands for the id of a request that may be looked at and changed by anybody. */
export const knownPlace = 'KNOWN-REQUEST-ID';

/** The same of a selection. */
export const knownSelectionPlace = 'KNOWN-SELECTION-ID';

/** What the places stand for. */
export interface Known {
  request: string;
  selection: string;
}

/** For what is asked where nothing is known. */
export const nothingKnown: Known = { request: '', selection: '' };

/** A tag that no page may hold unless it is escaped. */
export const tagMarker = '<planted-tag';

/** A session id as services have them: a UUID. */
export const sessionId = `${itemMarkers.id}-0000-4000-8000-${uniquePlace}`;
/** A failed submission, whole groups of base64. */
export const submission = `${itemMarkers.submissionBase64}${uniquePlace}`;

let given = 0;

/** What is sent in the end. The number is as long as its place and reads as hexadecimal and as base64. */
export function fillPlaces(text: string, known: Known): string {
  if (text.includes(uniquePlace)) given += 1;
  return text
    .replaceAll(uniquePlace, given.toString(16).padStart(uniquePlace.length, '0'))
    .replaceAll(knownPlace, encodeURIComponent(known.request))
    .replaceAll(knownSelectionPlace, encodeURIComponent(known.selection));
}
