import { Command, CommanderError } from 'commander';
import { addDemo } from './commands/demo-command.js';
import { addDoctor } from './commands/doctor-command.js';
import { addSearch } from './commands/search-command.js';
import { addUp } from './commands/up-command.js';
import { exitCodeFor, tell } from './failure.js';

/**
 * The nse command. Exit codes: 0 done, 1 failed, 2 wrong use or input, 130 stopped by Ctrl-C.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await program(stop.signal).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (stop.signal.aborted) {
      process.exitCode = 130;
    } else {
      process.stderr.write(tell(error));
      process.exitCode = exitCodeFor(error);
    }
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** All commands; each ends when the signal aborts. */
export function program(signal: AbortSignal): Command {
  const command = new Command('nse')
    .description('Neural Search-space Evolution: finds a network for a task and a budget')
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(add --help for more)');
  addDemo(command, signal);
  addUp(command, signal);
  addSearch(command, signal);
  addDoctor(command);
  command.command('test').description('set up and run lint, type check and all tests that need no cluster');
  return command;
}
