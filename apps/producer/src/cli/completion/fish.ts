import { type CompletedCommand, type CompletedOption, escapedSpaces, type Values } from './words.ts';

/** A completion script for fish. */
export function fishCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const first = (rest: string): string => `complete -c ${program} -n __fish_use_subcommand -f ${rest}`;
  return [
    `# fish completion for ${program}`,
    ...commands.map(({ name, description }) => first(`-a ${name} -d ${quoted(description)}`)),
    ...commands.flatMap((command) => {
      const within = `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}'`;
      return [
        ...command.options.map((option) => `${within} ${optionSpec(option)}`),
        ...command.arguments.map((values) => `${within} ${valueSpec(values, '-f')}`),
      ];
    }),
  ].join('\n');
}

function optionSpec({ flags, description, values }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, `-d ${quoted(description)}`, ...(values === undefined ? [] : [valueSpec(values, '-x')])].join(' ');
}

/** `-f` offers no files, `-x` asks for a value besides. */
function valueSpec(values: Values, noFiles: '-f' | '-x'): string {
  const needed = noFiles === '-x' ? '-r ' : '';
  if (values === 'files') return `${needed}-F`;
  return values === 'anything' ? noFiles : `${noFiles} -a ${quoted(values.map(escapedSpaces).join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
