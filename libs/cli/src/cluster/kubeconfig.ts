import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { NseError } from '@nse/space';
import type { ClusterChoice } from './choice.js';

/** A namespace of a cluster, and how to talk to its API server. */
export interface Place {
  readonly config: KubeConfig;
  readonly context: string;
  readonly namespace: string;
  /** The API server's URL. */
  readonly server: string;
}

/**
 * The place that the choice names: its kubeconfig, or KUBECONFIG, which may be several files, or ~/.kube/config; its context, or the
 * current one; its namespace, or the context's, or `nse`. Raises INVALID_ARGUMENT where there is no such file or context.
 */
export function placeOf(choice: ClusterChoice, env: Readonly<NodeJS.ProcessEnv>): Place {
  const files = kubeconfigFiles(choice, env);
  const config = loaded(files);
  const names = config.getContexts().map(({ name }) => name);
  const there = `${files.join(', ')} has ${names.length === 0 ? 'none' : `these: ${names.join(', ')}`}`;
  const context = choice.context ?? config.getCurrentContext();
  // A file without a current context leaves this undefined, whatever the type says.
  if (!context) throw wrong(`no context is the current one; give --context (${there})`);
  if (!names.includes(context)) throw wrong(`there is no context "${context}" (${there})`);
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined)
    throw wrong(`context "${context}" names a cluster that ${files.join(', ')} lacks`);
  const namespace = choice.namespace ?? (config.getContextObject(context)?.namespace || 'nse');
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw wrong(
      `"${namespace}" can be no namespace: lower-case letters, digits and inner hyphens, at most 63`,
    );
  }
  return { config, context, namespace, server };
}

function kubeconfigFiles({ kubeconfig }: ClusterChoice, env: Readonly<NodeJS.ProcessEnv>): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  if (named.length > 0) {
    // As kubectl does: those that are not there are left out, unless none is.
    const found = named.filter((file) => existsSync(file));
    return found.length > 0 ? found : named;
  }
  return [path.join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

function loaded(files: readonly string[]): KubeConfig {
  const [first, ...others] = files.map((file) => {
    if (!existsSync(file)) {
      throw wrong(`there is no kubeconfig ${file}: name one by --kubeconfig or the environment's KUBECONFIG`);
    }
    try {
      const config = new KubeConfig();
      config.loadFromFile(file);
      return config;
    } catch (cause) {
      // Not what the parser says: it quotes the line, which may be a secret.
      throw wrong(`${file} is no kubeconfig`, cause);
    }
  });
  const config = first ?? new KubeConfig();
  const all = [config, ...others];
  // As kubectl does: of two with a name the first counts.
  config.loadFromOptions({
    clusters: firstByName(all.flatMap(({ clusters }) => clusters)),
    users: firstByName(all.flatMap(({ users }) => users)),
    contexts: firstByName(all.flatMap(({ contexts }) => contexts)),
    currentContext: all.find(({ currentContext }) => currentContext)?.currentContext,
  });
  return config;
}

function firstByName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

const wrong = (message: string, cause?: unknown) => new NseError('INVALID_ARGUMENT', message, { cause });
