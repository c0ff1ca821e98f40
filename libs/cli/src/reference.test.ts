import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { examplesOf } from './examples.js';
import { program } from './program.js';
import { cliReference } from './reference.js';

const { stdout, stderr } = process;
const root = program({ signal: new AbortController().signal, stdout, stderr, env: {} });

function below(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...below(one)]);
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

const commands = below(root);

describe('docs/cli.md', () => {
  it('is what the program says (npm run reference -w libs/cli)', () => {
    const file = path.join(__dirname, '../../../docs/cli.md');
    expect(readFileSync(file, 'utf8')).toBe(cliReference());
  });
});

describe('every command', () => {
  it.each(commands.map((command) => [nameOf(command), command] as const))('%s has help', (name, command) => {
    expect(command.description()).toMatch(/^.{8,}\w$/);
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThan(0);
    for (const [line, meaning] of examples) {
      // As a user would type it: the command itself.
      expect(`nse ${line}`).toMatch(new RegExp(`^${name}\\b`));
      expect(meaning).not.toBe('');
    }
  });

  it.each(
    commands
      .filter((command) => command.commands.length === 0 && command.name() !== 'test')
      .map((command) => [nameOf(command), command] as const),
  )('%s takes --json', (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  it.each(commands.map((command) => [nameOf(command), command] as const))(
    '%s has help that fits into 80 columns',
    (_, command) => {
      const wide = command
        .helpInformation()
        .split('\n')
        .filter((line) => line.length > 80);
      expect(wide).toEqual([]);
    },
  );
});
