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
