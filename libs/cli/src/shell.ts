import type { ClusterChoice } from './cluster/choice.js';
import type { Terminal } from './live.js';

/** What the process gives to a command. */
export interface Surroundings {
  /** Aborts when the command shall end: Ctrl-C, SIGTERM, or nobody reads its output any more. */
  readonly signal: AbortSignal;
  /** Results, and nothing else. */
  readonly stdout: Terminal;
  /** Errors, hints, and with `--json` the progress. */
  readonly stderr: Terminal;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/** What a command runs in. */
export interface Shell extends Surroundings {
  /**
   * The cluster that the user has named, beside `--endpoints` where the command has that; undefined for a local system. Raises
   * INVALID_ARGUMENT where two systems are named.
   */
  readonly cluster: (endpoints?: string) => ClusterChoice | undefined;
  /** For a command that runs on this machine alone. Raises INVALID_ARGUMENT where the user has named a cluster. */
  readonly requireNoCluster: (what: string) => void;
}

/** The option that all commands have that print. */
export interface Output {
  readonly json?: boolean;
}

/** Writes a result: as JSON where that is asked for, else the text. */
export function print({ stdout }: Shell, { json }: Output, value: unknown, text: () => string): void {
  stdout.write(json === true ? `${JSON.stringify(value, undefined, 2)}\n` : `${text()}\n`);
}

/** Writes one of a stream of results as a line of JSON (NDJSON). */
export function printLine({ stdout }: Shell, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}

/** Why a command ends whose output nobody reads any more. */
export class Unheard extends Error {
  override readonly name = 'Unheard';
}

/** Says how to go on, where Ctrl-C has ended the command. */
export function hintAfterStop({ signal, stderr }: Shell, text: string): void {
  if (signal.aborted && !(signal.reason instanceof Unheard)) stderr.write(`${text}\n`);
}
