import type { Command } from 'commander';
import { examplesOf } from './examples.js';
import { exitCodes } from './failure.js';
import { program } from './program.js';
import type { Surroundings } from './shell.js';

const introduction = `# The nse command

\`./nse\` sets up what is missing ([setup](setup.md)) and runs one of these commands; \`./nse help COMMAND\` says the same as
this page, which is made from the program by \`npm run reference -w libs/cli\`.

## For scripts

- **Which system.** Commands talk to the system that \`./nse up\` started on the same checkout. \`--endpoints FILE\`, else the
  environment's \`NSE_ENDPOINTS\`, name another one: a file such as \`./nse up --json\` prints.
- **In a cluster.** \`--context NAME\`, \`--namespace NAME\` or \`--kubeconfig FILE\`, before or after a command's name, else
  \`NSE_CONTEXT\` and \`NSE_NAMESPACE\`, let any command that talks to a system talk to one in Kubernetes, which it reaches
  through the API server; see [there](kubernetes.md#with-nse). \`nse up\` and \`nse demo\` refuse them.
- **JSON.** With \`--json\` standard output holds JSON and nothing else. Names and enums are those of the
  [services](services.md) in proto's JSON mapping (\`createTime\`, \`TASK_STATE_RUNNING\`), whole numbers are numbers,
  timestamps ISO 8601, what is not set is null. What follows something (\`search watch\`, \`arch evaluate\`, \`arch retrain\`,
  \`events\`) prints an object a line as things happen.
- **Errors** go to standard error: as text \`nse: ...\`, with \`--json\` as the last line,
  \`{"code", "message", "reason", "violations": [{"field", "description"}]}\`. \`code\` is a name of gRPC; \`reason\` is there
  where a program may want to tell cases apart, such as \`BudgetUnreachable\`.
- **Stopping.** Ctrl-C or SIGTERM ends a command and all that it started within seconds and says how to go on; a second
  Ctrl-C ends it at once. A command whose output nobody reads any more (\`| head\`) ends quietly, with code 0.

Exit codes:

`;

/** The text of docs/cli.md: every command with its arguments, options and examples. */
export function cliReference(): string {
  const root = program(silent);
  const codes = exitCodes.map(([code, meaning]) => `- \`${code}\`: ${meaning}\n`).join('');
  return `${introduction}${codes}\n${sectionsOf(root).join('\n')}`;
}

const silent: Surroundings = {
  signal: new AbortController().signal,
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
};

/** A heading for each group of commands, then the commands, each followed by those below it. */
function sectionsOf(root: Command): string[] {
  let group = '';
  return root.commands.flatMap((command) => {
    const heading = command.helpGroup();
    const title = heading === group ? [] : [`## ${heading.replace(/:$/, '')}\n`];
    group = heading;
    return [...title, ...commandsBelow(command, 'nse')];
  });
}

function commandsBelow(command: Command, above: string): string[] {
  const name = `${above} ${command.name()}`;
  if (command.commands.length === 0) return [section(command, name)];
  return command.commands.flatMap((below) => commandsBelow(below, name));
}

function section(command: Command, name: string): string {
  const help = command.createHelp();
  const options = help
    .visibleOptions(command)
    .filter((option) => option.long !== '--help')
    .map((option) => `- \`${option.flags}\`: ${help.optionDescription(option)}`);
  const usage = `./${name} ${command.usage()}`.trimEnd();
  const lines = examplesOf(command).map(([line, meaning]) => `./nse ${line}  # ${meaning}`);
  return [
    `### ${name}\n`,
    `${sentence(command.description())}\n`,
    `\`${usage}\`\n`,
    ...(options.length === 0 ? [] : [`${options.join('\n')}\n`]),
    `\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`,
  ].join('\n');
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
