import type { CompletedCommand, Values } from './words.ts';

/** A completion script for bash 4 or newer; needs nothing but bash. */
export function bashCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll(/\W/g, '_')}`;
  return `# bash completion for ${program}
${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${commands.map((command) => command.name).join(' ')} --help' -- "$word")
    return
  fi
  case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F ${name} ${program}`;
}

function valueCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, values }) =>
    values === undefined
      ? []
      : [`    ${flags.map((flag) => `"${name} ${flag}"`).join('|')}) ${reply(values)}; return ;;`],
  );
}

function commandCase({ name, options, arguments: values }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--'))).join(' ');
  const words = values.flatMap((value) => (typeof value === 'string' ? [] : value)).join(' ');
  const others = values.includes('files')
    ? reply('files')
    : `mapfile -t COMPREPLY < <(compgen -W '${words}' -- "$word")`;
  return `    ${name})
      if [[ "$word" == -* ]]; then mapfile -t COMPREPLY < <(compgen -W '${flags}' -- "$word")
      else ${others}; fi ;;`;
}

function reply(values: Values): string {
  if (values === 'anything') return ':';
  if (values === 'files') return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word")';
  return `mapfile -t COMPREPLY < <(compgen -W '${values.map(escaped).join(' ')}' -- "$word")`;
}

/** A space is escaped for the list of words, and again for the command line that the word stands in then. */
function escaped(word: string): string {
  return word.replaceAll(' ', String.raw`\\\ `);
}
