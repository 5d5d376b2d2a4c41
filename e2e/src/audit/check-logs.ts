import type { Evidence, Finding } from './evidence.ts';

/** No secret, session id or submission in any line that any process wrote (invariant 9). */
export function checkLogs({ lines, forbidden }: Evidence): Finding[] {
  return forbidden.flatMap((text) => {
    const found = lines.filter((line) => line.text.includes(text));
    const who = [...new Set(found.map((line) => line.who))].join(', ');
    if (found.length === 0) return [];
    const first = found[0]?.text.slice(0, 300) ?? '';
    return [
      {
        rule: 'no secret or item in a log (invariant 9)',
        what: `${who}: ${found.length} lines hold '${text}': ${first}`,
      },
    ];
  });
}
