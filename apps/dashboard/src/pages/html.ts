/** A piece of HTML that needs no more escaping. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds HTML: everything put into it is escaped, unless it is `Html` itself. Lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: HtmlPart[]): Html {
  const pieces = strings.map((string, index) => string + (index < parts.length ? written(parts[index]) : ''));
  return new Html(pieces.join(''));
}

function written(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(written).join('');
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
