import { KubeConfig } from '@kubernetes/client-node';
import { createClient, tlsFromEnvironment } from '@nse/rpc';
import { runService } from '@nse/service';
import { NseError } from '@nse/space';
import { Controller } from './controller.js';
import { ResourceApi } from './resource-api.js';

/** Every call is repeated later, so none need wait long. */
const deadlineMs = 10_000;

/**
 * NSE_SPACE_MANAGER: where the space-manager is. NSE_SEARCHES_NAMESPACE: whose objects are looked at. The API server is the pod's
 * own, or outside a cluster that of the user's kubeconfig.
 */
void runService('search-controller', ({ bus, log }) => {
  const tls = tlsFromEnvironment();
  const config = new KubeConfig();
  config.loadFromDefault();
  const controller = new Controller({
    api: new ResourceApi(config, required('NSE_SEARCHES_NAMESPACE')),
    bus,
    searches: createClient('SpaceManager', required('NSE_SPACE_MANAGER'), {
      deadlineMs,
      ...(tls === undefined ? {} : { tls }),
    }),
    log,
    // Work that is cut short when the process ends is done by the next one.
    signal: new AbortController().signal,
  });
  void controller.run();
  // It offers health checks and no calls.
  return Promise.resolve({});
});

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new NseError('FAILED_PRECONDITION', `${name} is not set`, { field: name });
}
