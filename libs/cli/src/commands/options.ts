import type { BusOptions } from '@nse/messaging';
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

/** What the option `--width-scale` means. */
export const WIDTH_SCALE = "factor on the widths of the network, in place of the search's";

/** Adds `--round`. */
export function ofRound(command: Command, which = 'after that round (default: the last completed)'): Command {
  return command.option('--round <number>', which, wholeNumber('round'));
}

/** A command's work with the system that its options, the environment or `nse up` name, in a cluster or not. */
export async function onSystem<T>(
  { env, cluster }: Shell,
  { endpoints }: Connected,
  action: (system: System) => Promise<T>,
): Promise<T> {
  const choice = cluster(endpoints);
  if (choice !== undefined) {
    // Only here: the Kubernetes client takes longer to load than all else.
    const { withCluster } = await import('../cluster/connection.js');
    return await withCluster(choice, env, ({ system }) => action(system));
  }
  const file = endpointsPath(endpoints, env);
  return await withSystem(readEndpoints(file), file, action);
}

/** The same with its NATS, which is only read. */
export async function onNats<T>(
  { env, cluster }: Shell,
  { endpoints }: Connected,
  action: (nats: Pick<BusOptions, 'url' | 'tls' | 'readOnly'>) => Promise<T>,
): Promise<T> {
  const choice = cluster(endpoints);
  if (choice === undefined) return await action({ url: readEndpoints(endpointsPath(endpoints, env)).nats });
  const { withCluster } = await import('../cluster/connection.js');
  return await withCluster(choice, env, async (connection) => await action(await connection.nats()));
}
