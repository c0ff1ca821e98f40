import { NseError } from '@nse/space';
import type { V1Service } from '@kubernetes/client-node';
import type { ClusterApi } from './api.js';
import { isReady, type Pod, podState } from './pod-state.js';

/** A pod and the port of it that answers for a service. */
export interface Target {
  readonly pod: string;
  readonly port: number;
}

/**
 * Every pod of a service that calls may go to now; never none. Raises UNAVAILABLE where the namespace has no such service, saying
 * how to deploy it, or none of its pods is ready, saying how each of them stands.
 */
export async function readyTargets(api: ClusterApi, name: string): Promise<[Target, ...Target[]]> {
  const service = await api.service(name);
  if (service === undefined) throw await notDeployed(api, name);
  const selector = Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const pods: Pod[] = selector.length === 0 ? [] : await api.pods(selector.join(','));
  const [first, ...others] = pods.filter(isReady).map((pod) => targetOf(service, pod));
  if (first !== undefined) return [first, ...others];
  throw noneReady(name, pods, api);
}

/** What is told of a namespace that lacks a service of NSE. */
export async function notDeployed(api: ClusterApi, name: string): Promise<NseError> {
  const { namespace, context } = api.place;
  const where = `namespace ${namespace} of context ${context}`;
  const missing = (await api.hasNamespace())
    ? `${where} has no service ${name}: NSE, or that part of it, is not deployed there`
    : `context ${context} has no namespace ${namespace}`;
  const advice =
    'kubectl apply -k k8s/overlays/local deploys it (docs/kubernetes.md); --namespace names another one';
  return new NseError('UNAVAILABLE', `${missing}; ${advice}`, { reason: 'NotDeployed' });
}

function noneReady(name: string, pods: readonly Pod[], { place }: ClusterApi): NseError {
  const states = pods.map((pod) => `${pod.metadata?.name ?? '?'}: ${podState(pod)}`);
  const how = states.length === 0 ? 'there is none; is it scaled to 0?' : states.join('; ');
  const message = `no pod of ${name} is ready in namespace ${place.namespace} (${how})`;
  return new NseError('UNAVAILABLE', message, { reason: 'NoReadyPod' });
}

/** What the ports are called that calls and NATS' clients go to; beside them there may be one for metrics. */
const portNames = ['grpc', 'client'];

/** The service's port as the pod has it: a service may name the port instead of numbering it. */
function targetOf({ spec }: V1Service, pod: Pod): Target {
  const all = spec?.ports ?? [];
  const port = all.find(({ name }) => portNames.includes(name ?? '')) ?? all[0];
  const wanted: unknown = port?.targetPort ?? port?.port;
  const ports = pod.spec?.containers.flatMap(({ ports: each }) => each ?? []) ?? [];
  const number =
    typeof wanted === 'number' ? wanted : ports.find((each) => each.name === wanted)?.containerPort;
  return { pod: pod.metadata?.name ?? '', port: number ?? port?.port ?? 0 };
}
