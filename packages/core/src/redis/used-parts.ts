/** What a Lua file declares at its margin: one `local`, or one `local function`, with all that stands below it. */
interface Part {
  names: readonly string[];
  text: string;
}

const word = /[A-Za-z_]\w*/g;

/**
 * The text of a script in which each file uses what the ones before it declare. Of all but the last only that is in it which is used: a
 * Lua function has at most 200 locals, and the files together have more. Throws where one of them does anything but declare.
 */
export function usedParts(files: readonly string[]): string {
  const script = files.at(-1) ?? '';
  const used = new Set(script.match(word));
  const kept = [script];
  // What is used stands before whoever uses it.
  for (const { names, text } of files.slice(0, -1).flatMap(partsOf).toReversed()) {
    if (!names.some((name) => used.has(name))) continue;
    for (const name of text.match(word) ?? []) used.add(name);
    kept.unshift(text);
  }
  return kept.join('\n');
}

function partsOf(file: string): Part[] {
  const lines = file.split('\n').filter((line) => !/^\s*(--|$)/.test(line));
  return lines
    .join('\n')
    .split(/\n(?=\w)(?!end\b)/)
    .map((text) => ({ names: namesIn(text), text }));
}

function namesIn(text: string): readonly string[] {
  const [, declared] = /^local (?:function )?(\w+(?:, ?\w+)*)/.exec(text) ?? [];
  if (declared === undefined)
    throw new TypeError(`a shared part of a script must begin with local: ${text.slice(0, 80)}`);
  return declared.match(word) ?? [];
}
