import { join } from 'node:path';
import { NseError } from '@nse/space';
import { Command, CommanderError } from 'commander';
import { type ClusterOptions, clusterChoice, requireNoCluster } from './cluster/choice.js';
import { addArch } from './commands/arch-command.js';
import { addPools, addPresets } from './commands/catalogue-command.js';
import { addClusterOptions } from './commands/cluster-options.js';
import { addDemo } from './commands/demo-command.js';
import { addDevice } from './commands/device-command.js';
import { addDoctor } from './commands/doctor-command.js';
import { addEvents } from './commands/events-command.js';
import { addLogs } from './commands/logs-command.js';
import { addModel } from './commands/model-command.js';
import { addFront, addHistory, addSpace } from './commands/results-command.js';
import { addSearch } from './commands/search-command.js';
import { addStudy } from './commands/study-command.js';
import { addTable } from './commands/table-command.js';
import { addTest } from './commands/test-command.js';
import { addUp } from './commands/up-command.js';
import { exitCodeFor, exitCodes, tell, tellJson } from './failure.js';
import { versionOf } from './host.js';
import type { Terminal } from './live.js';
import { repositoryRoot } from './paths.js';
import { type Shell, type Surroundings, Unheard } from './shell.js';

/** The nse command in this process. A second Ctrl-C ends it at once; its children end with it. */
export async function run(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const { stdout, stderr, env } = process;
  process.exitCode = await execute(argv, { signal: stop.signal, stdout, stderr, env });
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
}

/**
 * Runs one command line, `argv` as in `process.argv`, and gives its exit code (`exitCodes`). When nobody reads the output any
 * more (`| head`), the command ends, and that is no failure.
 */
export async function execute(argv: readonly string[], shell: Surroundings): Promise<number> {
  const deaf = new AbortController();
  const unheard = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    deaf.abort(new Unheard());
  };
  const streams: readonly Terminal[] = [shell.stdout, shell.stderr];
  for (const stream of streams) stream.on('error', unheard);
  const signal = AbortSignal.any([shell.signal, deaf.signal]);
  const json = argv.includes('--json');
  try {
    await program({ ...shell, signal }, json).parseAsync([...argv]);
    await written(shell.stdout);
    return deaf.signal.aborted ? 0 : shell.signal.aborted ? 130 : 0;
  } catch (error) {
    if (deaf.signal.aborted) return 0;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (shell.signal.aborted) return 130;
    const failure = error instanceof CommanderError ? wrongUse(error) : error;
    if (json) shell.stderr.write(tellJson(failure));
    // Commander has told of wrong use already.
    else if (failure === error) shell.stderr.write(tell(error));
    return exitCodeFor(failure);
  } finally {
    await written(shell.stderr);
    for (const stream of streams) stream.off('error', unheard);
  }
}

/** Waits for what was written, so that a reader that went away is noticed while somebody listens. */
function written(stream: Terminal): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

function wrongUse({ message }: CommanderError): NseError {
  return new NseError('INVALID_ARGUMENT', message.replace(/^error: /, ''));
}

/** All commands; each ends when the signal aborts. With `json`, wrong use is not told as text. */
export function program(surroundings: Surroundings, json = false): Command {
  const { stdout, stderr, env } = surroundings;
  const command = new Command('nse')
    .description('Neural Search-space Evolution: finds a network for a task and a budget')
    .version(versionOf(join(repositoryRoot, 'package.json')), '-V, --version', 'the version of nse')
    .helpOption('-h, --help', 'what a command does, its options, and examples')
    .helpCommand('help [command]', 'the same as --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => json || stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => stdout.isTTY === true,
      getErrHasColors: () => stderr.isTTY === true,
    })
    .configureHelp({ sortSubcommands: false, minWidthToWrap: 20 })
    .showHelpAfterError('(add --help for more)')
    .addHelpText('after', footer);
  addClusterOptions(command);
  const shell: Shell = {
    ...surroundings,
    cluster: (endpoints) => clusterChoice(command.opts<ClusterOptions>(), endpoints, env),
    requireNoCluster: (what) => requireNoCluster(what, command.opts<ClusterOptions>(), env),
  };
  for (const [group, adders] of groups) {
    command.commandsGroup(`${group}:`);
    for (const add of adders) add(command, shell);
  }
  return command;
}

const groups: readonly (readonly [string, readonly ((parent: Command, shell: Shell) => void)[]])[] = [
  ['On this machine', [addDemo, addUp, addDoctor, addTest]],
  ['Searches', [addSearch, addStudy, addEvents, addLogs]],
  ['Results', [addFront, addSpace, addHistory, addArch, addModel]],
  ['What there is', [addPresets, addPools, addDevice, addTable]],
];

const footer = `
Commands talk to the system that ./nse up started; --endpoints FILE or the
environment's NSE_ENDPOINTS name another one; --context, --namespace or the
environment's NSE_CONTEXT, NSE_NAMESPACE name one in a Kubernetes cluster.

Exit codes:
${exitCodes.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join('\n')}`;
