import { type Container, type KubernetesObject, nameOf, type PodSpec, podsIn } from './objects.js';

/** A rule gives what breaks it, each with the object's name. */
export type Rule = (objects: readonly KubernetesObject[], elsewhere: Elsewhere) => string[];

/** What is in the namespace though no manifest holds it. */
export interface Elsewhere {
  /** Of Secrets that k8s/certificates makes. */
  readonly secrets: ReadonlySet<string>;
}

const containersOf = ({ containers, initContainers = [] }: PodSpec): Container[] => [
  ...containers,
  ...initContainers,
];

/** Rules of our own, for what the checkers of others leave alone. */
export const rules = {
  'each container asks for memory and CPU and has a limit of memory': (objects) =>
    podsIn(objects).flatMap(({ name, pod }) =>
      containersOf(pod.spec).flatMap(({ name: container, resources: { requests = {}, limits = {} } = {} }) =>
        [
          ...(['cpu', 'memory'] as const)
            .filter((what) => requests[what] === undefined)
            .map((what) => `no request of ${what}`),
          ...(limits['memory'] === undefined ? ['no limit of memory'] : []),
        ].map((what) => `${name}: ${container}: ${what}`),
      ),
    ),

  'each image has a fixed version': (objects) =>
    podsIn(objects).flatMap(({ name, pod }) =>
      containersOf(pod.spec)
        .filter(({ image = '' }) => !/(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image))
        .map(({ image }) => `${name}: ${image}`),
    ),

  'each container with a port has all three probes': (objects) =>
    podsIn(objects).flatMap(({ name, pod }) =>
      pod.spec.containers
        .filter(({ ports }) => ports !== undefined)
        .flatMap((container) =>
          (['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
            .filter((probe) => container[probe] === undefined)
            .map((probe) => `${name}: ${container.name}: no ${probe}`),
        ),
    ),

  'no role allows everything, or reads Secrets': (objects) =>
    objects.flatMap((object) =>
      (object.rules ?? []).flatMap(({ apiGroups = [], resources = [], verbs = [], nonResourceURLs = [] }) => [
        ...([...apiGroups, ...resources, ...verbs, ...nonResourceURLs].some((word) => word.includes('*'))
          ? [`${nameOf(object)}: *`]
          : []),
        ...(resources.some((resource) => resource.split('/')[0] === 'secrets')
          ? [`${nameOf(object)}: secrets`]
          : []),
      ]),
    ),

  'nobody gets rights beyond the namespace': (objects) =>
    objects.filter(({ kind }) => kind === 'ClusterRoleBinding').map(nameOf),

  'no ConfigMap, and no variable, holds a secret': (objects, { secrets }) => [
    ...objects
      .filter(({ kind }) => kind === 'ConfigMap')
      .flatMap((object) => secretsIn(object.data ?? {}).map((key) => `${nameOf(object)}: ${key}`)),
    ...podsIn(objects).flatMap(({ name, pod }) =>
      containersOf(pod.spec).flatMap(({ env = [] }) =>
        secretsIn(Object.fromEntries(unnamed(env, secrets))).map((key) => `${name}: ${key}`),
      ),
    ),
  ],

  'no Secret is in a manifest': (objects) => objects.filter(({ kind }) => kind === 'Secret').map(nameOf),

  'what no policy allows is denied': (objects) =>
    objects.some(({ kind, spec = {} }) => {
      const { podSelector = {}, policyTypes = [], ingress = [], egress = [] } = spec;
      const all = podSelector.matchLabels === undefined && podSelector.matchExpressions === undefined;
      const both = ['Ingress', 'Egress'].every((type) => policyTypes.includes(type));
      return kind === 'NetworkPolicy' && all && both && ingress.length + egress.length === 0;
    })
      ? []
      : ['no NetworkPolicy denies everything'],

  'the namespace takes restricted pods only': (objects) =>
    objects
      .filter(({ kind }) => kind === 'Namespace')
      .filter(
        ({ metadata: { labels = {} } }) => labels['pod-security.kubernetes.io/enforce'] !== 'restricted',
      )
      .map(nameOf),

  'each Deployment and StatefulSet has a PodDisruptionBudget': (objects) => {
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
    return podsIn(objects)
      .filter(({ of }) => ['Deployment', 'StatefulSet'].includes(of.kind))
      .filter(
        ({ pod }) =>
          !budgets.some(({ spec }) => fits(spec?.selector?.matchLabels ?? {}, pod.metadata?.labels ?? {})),
      )
      .map(({ name }) => name);
  },

  'what pods name is there': (objects, { secrets }) => {
    const there = new Set([...objects.map(nameOf), ...[...secrets].map((secret) => `Secret/${secret}`)]);
    return podsIn(objects).flatMap(({ name, pod }) =>
      namedBy(pod.spec)
        .filter((wanted) => !there.has(wanted))
        .map((wanted) => `${name}: ${wanted}`),
    );
  },
} satisfies Readonly<Record<string, Rule>>;

/** The keys under which something stands that looks like a secret. Paths of files, and names, are none. */
function secretsIn(data: Readonly<Record<string, string>>): string[] {
  const named = /(password|passwd|secret|token|api_?key|credential|private_?key)$/i;
  const written =
    /-----BEGIN [A-Z ]*PRIVATE KEY-----|(password|token|secret)["']?\s*[:=]\s*["']?[^\s"'/$]{8,}|\beyJ[\w-]{20,}\./i;
  return Object.entries(data)
    .filter(
      ([key, value]) => written.test(value) || (named.test(key) && value !== '' && !value.startsWith('/')),
    )
    .map(([key]) => key);
}

/** The variables with their values, but for those that hold no more than the name of a Secret. */
const unnamed = (env: NonNullable<Container['env']>, secrets: ReadonlySet<string>): [string, string][] =>
  env.filter(({ value = '' }) => !secrets.has(value)).map(({ name, value = '' }) => [name, value]);

const fits = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

function namedBy(spec: PodSpec): string[] {
  const { serviceAccountName = 'default', volumes = [] } = spec;
  const mounted = volumes.flatMap(({ configMap, secret, persistentVolumeClaim }) => [
    ...(configMap === undefined ? [] : [`ConfigMap/${configMap.name}`]),
    ...(secret === undefined ? [] : [`Secret/${secret.secretName}`]),
    ...(persistentVolumeClaim === undefined
      ? []
      : [`PersistentVolumeClaim/${persistentVolumeClaim.claimName}`]),
  ]);
  const read = containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [
      ...(configMapRef === undefined ? [] : [`ConfigMap/${configMapRef.name}`]),
      ...(secretRef === undefined ? [] : [`Secret/${secretRef.name}`]),
    ]),
    ...env.flatMap(({ valueFrom: { secretKeyRef, configMapKeyRef } = {} }) => [
      ...(configMapKeyRef === undefined ? [] : [`ConfigMap/${configMapKeyRef.name}`]),
      ...(secretKeyRef === undefined ? [] : [`Secret/${secretKeyRef.name}`]),
    ]),
  ]);
  return [`ServiceAccount/${serviceAccountName}`, ...mounted, ...read];
}
