/** One thing that was looked at. `bad` keeps something from working; `warn` may be meant so. */
export interface Finding {
  level: 'ok' | 'warn' | 'bad';
  what: string;
  /** How to mend it. */
  remedy?: string;
}

export function ok(what: string): Finding {
  return { level: 'ok', what };
}

export function warn(what: string, remedy: string): Finding {
  return { level: 'warn', what, remedy };
}

export function bad(what: string, remedy: string): Finding {
  return { level: 'bad', what, remedy };
}

/** A problem or a warning of `/readyz`, which names its remedy behind the last colon. */
export function fromMessage(level: 'warn' | 'bad', message: string): Finding {
  const colon = message.lastIndexOf(': ');
  return colon < 0
    ? { level, what: message }
    : { level, what: message.slice(0, colon), remedy: message.slice(colon + 2) };
}
