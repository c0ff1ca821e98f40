import type { Command } from 'commander';

/** A command line without `./nse`, and what it is for. */
export type Example = readonly [line: string, meaning: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** Adds examples to the help of a command, and to its part of docs/cli.md. */
export function withExamples(command: Command, ...given: readonly Example[]): Command {
  examples.set(command, given);
  return command.addHelpText('after', `\nExamples:\n${exampleLines(command).join('\n')}`);
}

/** The examples of a command. */
export function examplesOf(command: Command): readonly Example[] {
  return examples.get(command) ?? [];
}

/** A line for each example: the command, then what it is for, below it where both do not fit. */
function exampleLines(command: Command): string[] {
  const given = examplesOf(command).map(([line, meaning]) => [`  ./nse ${line}`, meaning] as const);
  const width = Math.max(...given.map(([line]) => line.length));
  const fits = given.every(([, meaning]) => width + 2 + meaning.length <= 80);
  return given.flatMap(([line, meaning]) =>
    fits ? [`${line.padEnd(width)}  ${meaning}`] : [line, `      ${meaning}`],
  );
}
