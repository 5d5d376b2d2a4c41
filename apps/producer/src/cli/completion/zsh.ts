import { type CompletedCommand, type CompletedOption, escapedSpaces, type Values } from './words.ts';

/** A completion script for zsh: source it, or put it into a folder of `fpath` as `_<program>`. */
export function zshCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll(/\W/g, '_')}`;
  return `#compdef ${program}
${name}() {
  local -a commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT -= 1 ))
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}
compdef ${name} ${program}`;
}

function commandCase({ name, options, arguments: values }: CompletedCommand): string {
  const specs = [...options.flatMap(optionSpecs), ...values.map((value) => quoted(`*::value:${action(value)}`))];
  return `    ${name}) _arguments ${specs.join(' ')} ;;`;
}

function optionSpecs({ flags, description, values }: CompletedOption): string[] {
  // In brackets and before colons zsh would read what is in the text.
  const text = description.replaceAll(/[[\]:]/g, ' ');
  return flags.map((flag) => quoted(`*${flag}[${text}]${values === undefined ? '' : `:value:${action(values)}`}`));
}

function action(values: Values): string {
  if (values === 'anything') return ' ';
  return values === 'files' ? '_files' : `(${values.map(escapedSpaces).join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
