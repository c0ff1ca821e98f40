import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { type System, withSystem } from '../connect.js';
import { endpointsPath, readEndpoints } from '../endpoints.js';
import type { Output, Shell } from '../shell.js';

/** The options of a command that talks to a running system. */
export interface Connected extends Output {
  readonly endpoints?: string;
}

/** Adds `--json`. */
export function withJson(command: Command, how = 'as JSON'): Command {
  return command.option('--json', how);
}

/** Adds `--endpoints` and `--json`. */
export function connected(command: Command, how?: string): Command {
  command.option('--endpoints <file>', 'the addresses of another system than that of ./nse up');
  return withJson(command, how);
}

/** Adds `--round`. */
export function ofRound(command: Command, which = 'after that round (default: the last completed)'): Command {
  return command.option('--round <number>', which, wholeNumber('round'));
}

/** A command's work with the system that its options, the environment or `nse up` name. */
export async function onSystem<T>(
  { env }: Shell,
  { endpoints }: Connected,
  action: (system: System) => Promise<T>,
): Promise<T> {
  const file = endpointsPath(endpoints, env);
  return await withSystem(readEndpoints(file), file, action);
}
