import { bodyLimits } from './json-limits.ts';
import { JsonScan } from './json-scan.ts';
import { JsonText } from './json-text.ts';

const byteOrderMark = '\ufeff';

/**
 * Parses a small body. The scan stands before JSON.parse because that one names no position for most faults, puts pieces
 * of the text into its message, and lets the last of two equal fields win without a word.
 */
export function parseJson(body: Buffer): unknown {
  const text = new JsonText(new JsonScan(bodyLimits));
  text.next(body);
  text.end();
  const json = body.toString('utf8');
  return JSON.parse(json.startsWith(byteOrderMark) ? json.slice(1) : json);
}
