import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { type KubernetesObject, nameOf, podsIn } from './objects.js';

type Name = 'kustomize' | 'kube-score' | 'pod-security' | 'schemas';

interface Built {
  readonly program?: string;
  readonly missing?: string;
}

const built = JSON.parse(process.env['NSE_TEST_CHECKERS'] ?? '{}') as Partial<Record<Name, Built>>;
const root = join(__dirname, '../..');

/** The version whose schemas and rules count. */
const KUBERNETES = '1.34';

/** `describe`, or a skipped one that says which checker is missing. */
export function describeWith(names: readonly Name[], what: string, tests: () => void): void {
  const missing = names.flatMap((name) => built[name]?.missing ?? []);
  if (missing.length === 0) describe(what, tests);
  else describe.skip(`${what} (SKIPPED: ${missing.join('; ')})`, tests);
}

function run(name: Name, args: readonly string[], input = ''): string {
  const { stdout, stderr, status, error } = spawnSync(built[name]?.program ?? name, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 120_000,
  });
  // kube-score ends with 1 where it has found something.
  if (error === undefined && (status === 0 || (name === 'kube-score' && stdout !== ''))) return stdout;
  throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** What `kubectl apply -k` of a folder of k8s/ would create. */
export function rendered(folder: string): KubernetesObject[] {
  const text = run('kustomize', ['build', join(root, 'k8s', folder)]);
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** The same of an overlay with components, as somebody's own overlay has them; `images` are replaced: `nse/services=mine/services:2`. */
export function renderedWith(
  overlay: string,
  components: readonly string[],
  images: readonly string[] = [],
): KubernetesObject[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nse-overlay-')));
  const path = (of: string) => relative(folder, join(root, 'k8s', of));
  const replaced = images.map(
    (image) => /^(?<name>[^=]+)=(?<newName>.+):(?<newTag>[^:]+)$/.exec(image)?.groups,
  );
  try {
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        namespace: 'nse',
        resources: [path(`overlays/${overlay}`)],
        components: components.map((component) => path(`components/${component}`)),
        images: replaced.map((image) => ({ ...image })),
      }),
    );
    const text = run('kustomize', ['build', folder]);
    return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of the objects does not fit the schemas of Kubernetes; also every resource that it does not have. */
export function misfits(objects: readonly KubernetesObject[]): string[] {
  const found = run('schemas', [join(__dirname, 'validate.py'), KUBERNETES], JSON.stringify(objects));
  return JSON.parse(found) as string[];
}

/** Whose pods a namespace of the level `restricted` would not admit, and why. */
export function refusedPods(objects: readonly KubernetesObject[]): string[] {
  const pods = podsIn(objects).map(({ name, pod }) => ({ name, pod }));
  return JSON.parse(run('pod-security', [], JSON.stringify(pods))) as string[];
}

/** Checks of kube-score that do not hold here, and why. */
const ignored = {
  'container-image-pull-policy': 'images have fixed versions, and nodes may have no registry to ask',
  'container-ephemeral-storage-request-and-limit': 'emptyDirs have limits, and roots cannot be written',
  'deployment-replicas': 'one is enough, as state is in NATS',
  'statefulset-has-host-podantiaffinity': 'topology spread keeps the servers of NATS apart',
  'deployment-has-host-podantiaffinity': 'topology spread keeps the pods of a service apart',
  'networkpolicy-targets-pod': 'clients are pods of others',
};

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

const ALMOST_OK = 7;

/** What kube-score thinks little of. */
export function scoredBadly(objects: readonly KubernetesObject[]): string[] {
  const options = [
    ...['--kubernetes-version', `v${KUBERNETES}`, '--output-format', 'json', '--ignore-container-cpu-limit'],
    ...['--enable-optional-test', 'container-seccomp-profile'],
    ...Object.keys(ignored).flatMap((check) => ['--ignore-test', check]),
  ];
  const text = objects.map((object) => stringify(object)).join('---\n');
  const scores = JSON.parse(run('kube-score', ['score', ...options, '-'], text)) as Scored[];
  return scores.flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < ALMOST_OK)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ path, summary }) => `${kind}/${name}: ${check.id}: ${path}: ${summary}`),
      ),
  );
}

/** The Secrets that k8s/certificates and k8s/tokens make, as they tell a kubectl that does nothing but listen. */
export function secretsMade(): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nse-manifests-'));
  try {
    const heard = join(folder, 'heard');
    const kubectl = join(folder, 'kubectl');
    writeFileSync(kubectl, `#!/bin/sh\necho "$@" >>'${heard}'\ncase "$1" in apply) cat >/dev/null ;; esac\n`);
    chmodSync(kubectl, 0o755);
    execFileSync(join(root, 'k8s/certificates'), ['--folder', join(folder, 'certificates')], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 120_000,
    });
    const certificates = [...readFileSync(heard, 'utf8').matchAll(/^create secret generic (\S+)/gm)];
    const tokens = [...readFileSync(join(root, 'k8s/tokens'), 'utf8').matchAll(/['"](nse-tokens)['"]/g)];
    return new Set([...certificates, ...tokens].flatMap(([, name]) => name ?? []));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The objects, but that one has another value at the path (`spec.replicas`; `~1` stands for a dot in a key, `-` for the place after
 * a list's last item); undefined takes away what is there.
 */
export function withFault(
  objects: readonly KubernetesObject[],
  name: string,
  path: string,
  value: unknown,
): KubernetesObject[] {
  if (!objects.some((object) => nameOf(object) === name)) throw new Error(`there is no ${name} to break`);
  const keys = path.split('.').map((key) => key.replaceAll('~1', '.'));
  return objects.map((object) => {
    if (nameOf(object) !== name) return object;
    const copy = structuredClone(object);
    put(copy, keys, value);
    return copy;
  });
}

function put(within: unknown, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (typeof within !== 'object' || within === null)
    throw new Error(`there is nothing that could have ${key}`);
  if (rest.length > 0) put(Reflect.get(within, key), rest, value);
  else if (Array.isArray(within) && key === '-') within.push(value);
  else if (value === undefined) Reflect.deleteProperty(within, key);
  else Reflect.set(within, key, value);
}
