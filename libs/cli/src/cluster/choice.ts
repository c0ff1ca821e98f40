import { NseError } from '@nse/space';
import type { TlsFiles } from '@nse/rpc';
import { namedEndpoints } from '../endpoints.js';

/** The options that every command has, as commander leaves them. */
export interface ClusterOptions {
  readonly context?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tokenFile?: string;
}

/** Which cluster and namespace a command talks to, and what it shows there where the user named it. */
export interface ClusterChoice {
  readonly context?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly tls?: TlsFiles;
  readonly tokenFile?: string;
}

const flags: Readonly<Record<keyof ClusterOptions, string>> = {
  context: '--context',
  namespace: '--namespace',
  kubeconfig: '--kubeconfig',
  tlsCa: '--tls-ca',
  tlsCert: '--tls-cert',
  tlsKey: '--tls-key',
  tokenFile: '--token-file',
};

/** What makes a command talk to a cluster; the others only say how. */
const choosing = ['context', 'namespace', 'kubeconfig'] as const;

/**
 * The cluster that options or the environment name; undefined where they name none, so that the command talks to a local
 * system. An option wins over the environment. Raises INVALID_ARGUMENT where both a cluster and endpoints are named, or what
 * only a cluster is asked for.
 */
export function clusterChoice(
  options: ClusterOptions,
  endpoints: string | undefined,
  env: Readonly<NodeJS.ProcessEnv>,
): ClusterChoice | undefined {
  const { byOption, byEnv } = choosers(options, env);
  if (endpoints !== undefined && byOption.length > 0) throw both('--endpoints', byOption[0]);
  if (byOption.length === 0) {
    if (endpoints !== undefined || byEnv.length === 0) {
      requireNothingForOne(options);
      return undefined;
    }
    if (namedEndpoints(undefined, env) !== undefined) throw both('NSE_ENDPOINTS', byEnv[0]);
  }
  const tls = without({
    ca: options.tlsCa ?? set(env['NSE_TLS_CA']),
    cert: options.tlsCert ?? set(env['NSE_TLS_CERT']),
    key: options.tlsKey ?? set(env['NSE_TLS_KEY']),
  });
  return without({
    context: options.context ?? set(env['NSE_CONTEXT']),
    namespace: options.namespace ?? set(env['NSE_NAMESPACE']),
    kubeconfig: options.kubeconfig,
    tls: Object.keys(tls).length === 0 ? undefined : tls,
    tokenFile: options.tokenFile ?? set(env['NSE_TOKEN_FILE']),
  });
}

/**
 * For a command that runs on this machine alone. Raises INVALID_ARGUMENT where options or the environment name a cluster, as what
 * the user means cannot be had.
 */
export function requireNoCluster(
  what: string,
  options: ClusterOptions,
  env: Readonly<NodeJS.ProcessEnv>,
): void {
  const { byOption, byEnv } = choosers(options, env);
  const named = [...byOption, ...byEnv];
  if (named.length === 0) return;
  const message = `${what} runs on this machine and in no cluster: leave out ${named.join(' and ')}`;
  throw new NseError('INVALID_ARGUMENT', message);
}

/** The options and the variables that name a cluster. */
function choosers(options: ClusterOptions, env: Readonly<NodeJS.ProcessEnv>) {
  return {
    byOption: choosing.filter((name) => options[name] !== undefined).map((name) => flags[name]),
    byEnv: ['NSE_CONTEXT', 'NSE_NAMESPACE'].filter((name) => set(env[name]) !== undefined),
  };
}

function requireNothingForOne(options: ClusterOptions): void {
  const [name] = (['tlsCa', 'tlsCert', 'tlsKey', 'tokenFile'] as const).filter(
    (key) => options[key] !== undefined,
  );
  if (name === undefined) return;
  const message = `${flags[name]} is for a cluster: name one by --context or --namespace`;
  throw new NseError('INVALID_ARGUMENT', message);
}

const both = (one: string, other = '') =>
  new NseError('INVALID_ARGUMENT', `${one} and ${other} name two systems: give one of them`);

const set = (value: string | undefined) => (value === '' ? undefined : value);

type Without<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function without<T extends object>(value: T): Without<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Without<T>;
}
