import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeWith,
  misfits,
  refusedPods,
  rendered,
  renderedWith,
  scoredBadly,
  secretsMade,
  withFault,
} from './checkers.js';
import { type KubernetesObject, nameOf, podsIn } from './objects.js';
import { type Rule, rules } from './rules.js';

/** Somebody's own overlays, with components that none of ours has. */
const withDevices: Readonly<Record<string, () => KubernetesObject[]>> = {
  'local with devices': () => renderedWith('local', ['devices']),
  'secure with devices and adb': () => renderedWith('secure', ['devices', 'adb-sidecar']),
  'the sample with devices': () => rendered('samples/devices'),
};

const ours = ['local', 'gpu', 'secure'] as const;
const overlays = [...ours, ...Object.keys(withDevices)];

let elsewhere: Parameters<Rule>[1];
const objectsOf = new Map<string, KubernetesObject[]>();

const of = (folder: string): KubernetesObject[] => {
  const known =
    objectsOf.get(folder) ?? (withDevices[folder.replace('overlays/', '')] ?? (() => rendered(folder)))();
  objectsOf.set(folder, known);
  return known;
};

const local = () => of('overlays/local');

/** The one and only thing that is wrong with `local` once the fault is planted. */
const broken = (name: string, path: string, value: unknown) => withFault(local(), name, path, value);

const service = 'Deployment/space-manager';
const inPod = (path: string, value: unknown) => broken(service, `spec.template.spec.${path}`, value);
const inContainer = (path: string, value: unknown) => inPod(`containers.0.${path}`, value);

beforeAll(() => {
  // adb's key is made by hand: kubectl create secret, as the guide says.
  expect(readFileSync(join(__dirname, '../../docs/devices.md'), 'utf8')).toContain(
    'create secret generic adb-key',
  );
  elsewhere = { secrets: new Set([...secretsMade(), 'adb-key']) };
});

describeWith(['kustomize'], 'the manifests', () => {
  it.each(overlays)('of %s hold all of NSE', (overlay) => {
    expect(podsIn(of(`overlays/${overlay}`)).map(({ name }) => name)).toEqual(
      expect.arrayContaining([service, 'Deployment/supernet-trainer', 'StatefulSet/nats']),
    );
  });

  describe.each(overlays)('of %s keep our own rules', (overlay) => {
    it.each(Object.entries<Rule>(rules))('%s', (_, rule) => {
      expect(rule(of(`overlays/${overlay}`), elsewhere)).toEqual([]);
    });
  });

  const without = (name: string) => () => local().filter((object) => nameOf(object) !== name);
  const beside = (object: object) => () => [...local(), object as KubernetesObject];
  const role = (rule: object) => () =>
    broken('Role/starts-jobs', 'rules.-', { apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule });
  const setting = (data: object) =>
    beside({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'planted' }, data });

  const faults: [keyof typeof rules, string, () => KubernetesObject[]][] = [
    [
      'each container asks for memory and CPU and has a limit of memory',
      `${service}: service: no limit of memory`,
      () => inContainer('resources.limits', undefined),
    ],
    [
      'each container asks for memory and CPU and has a limit of memory',
      `${service}: service: no request of cpu`,
      () => inContainer('resources.requests.cpu', undefined),
    ],
    [
      'each image has a fixed version',
      `${service}: nse/services:latest`,
      () => inContainer('image', 'nse/services:latest'),
    ],
    [
      'each image has a fixed version',
      `${service}: registry:5000/services`,
      () => inContainer('image', 'registry:5000/services'),
    ],
    [
      'each container with a port has all three probes',
      `${service}: service: no startupProbe`,
      () => inContainer('startupProbe', undefined),
    ],
    ['no role allows everything, or reads Secrets', 'Role/starts-jobs: *', role({ verbs: ['*'] })],
    [
      'no role allows everything, or reads Secrets',
      'Role/starts-jobs: secrets',
      role({ resources: ['secrets'] }),
    ],
    [
      'nobody gets rights beyond the namespace',
      'ClusterRoleBinding/planted',
      beside({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'planted' },
      }),
    ],
    [
      'no ConfigMap, and no variable, holds a secret',
      'ConfigMap/planted: DB_PASSWORD',
      setting({ DB_PASSWORD: 'hunter2' }),
    ],
    [
      'no ConfigMap, and no variable, holds a secret',
      'ConfigMap/planted: nats.conf',
      setting({ 'nats.conf': 'authorization { password: "correct-horse" }' }),
    ],
    [
      'no ConfigMap, and no variable, holds a secret',
      'ConfigMap/planted: x',
      setting({ x: '-----BEGIN EC PRIVATE KEY-----' }),
    ],
    [
      'no ConfigMap, and no variable, holds a secret',
      `${service}: NSE_TOKEN`,
      () => inContainer('env.-', { name: 'NSE_TOKEN', value: 'abc' }),
    ],
    [
      'no Secret is in a manifest',
      'Secret/planted',
      beside({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'planted' } }),
    ],
    ['what no policy allows is denied', 'no NetworkPolicy denies everything', without('NetworkPolicy/deny')],
    [
      'what no policy allows is denied',
      'no NetworkPolicy denies everything',
      () => broken('NetworkPolicy/deny', 'spec.policyTypes', ['Ingress']),
    ],
    [
      'the namespace takes restricted pods only',
      'Namespace/nse',
      () => broken('Namespace/nse', 'metadata.labels.pod-security~1kubernetes~1io/enforce', 'baseline'),
    ],
    [
      'each Deployment and StatefulSet has a PodDisruptionBudget',
      service,
      without('PodDisruptionBudget/space-manager'),
    ],
    [
      'what pods name is there',
      `${service}: ServiceAccount/space-manager`,
      without('ServiceAccount/space-manager'),
    ],
    [
      'what pods name is there',
      `${service}: Secret/other-tls`,
      () => inPod('volumes.-', { name: 'x', secret: { secretName: 'other-tls' } }),
    ],
    [
      'what pods name is there',
      `${service}: ConfigMap/other`,
      () => inContainer('envFrom.-', { configMapRef: { name: 'other' } }),
    ],
    [
      'what pods name is there',
      `${service}: PersistentVolumeClaim/other`,
      () => inPod('volumes.-', { name: 'x', persistentVolumeClaim: { claimName: 'other' } }),
    ],
  ];

  it.each(faults)('would break the rule "%s": %s', (rule, found, plant) => {
    expect(rules[rule](plant(), elsewhere)).toContain(found);
  });

  it('has a planted fault for every rule', () => {
    expect(new Set(faults.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)));
  });
});

describeWith(['kustomize'], 'the components for devices', () => {
  const imagesOf = (objects: readonly KubernetesObject[]) =>
    podsIn(objects)
      .filter(({ name }) => name === 'DaemonSet/device-profiler')
      .flatMap(({ pod }) => pod.spec.containers.map(({ image }) => image))
      .sort();

  it('take the images that an overlay names', () => {
    const images = ['nse/services=registry:5000/services:2.0', 'adb=mine/adb:9'];
    expect(imagesOf(renderedWith('local', ['devices', 'adb-sidecar'], images))).toEqual([
      'mine/adb:9',
      'registry:5000/services:2.0',
    ]);
    expect(imagesOf(of('overlays/local with devices'))).toEqual(['nse/services:0.1.0']);
  });

  it('say where the adb server is: at an address, or in the same pod', () => {
    const socket = (folder: string) =>
      of(folder)
        .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('devices-'))
        .map(({ data }) => data?.['ADB_SERVER_SOCKET']);
    expect(socket('overlays/local with devices')).toEqual(['tcp:adb:5037']);
    expect(socket('overlays/the sample with devices')).toEqual(['tcp:127.0.0.1:5037']);
  });

  it('let profilers out to adb servers and phones, and to nothing else', () => {
    const ports = of('overlays/the sample with devices')
      .filter(({ kind, spec }) => {
        const labels = spec?.podSelector?.matchLabels ?? {};
        return kind === 'NetworkPolicy' && labels['app.kubernetes.io/name'] === 'device-profiler';
      })
      .map(({ spec }) => spec?.egress);
    expect(ports).toEqual([
      [{ ports: [{ protocol: 'TCP', port: 5555 }] }],
      [{ ports: [{ protocol: 'TCP', port: 5037 }] }],
    ]);
  });
});

describeWith(['kustomize'], 'adb with the USB of nodes', () => {
  it('is in a namespace of its own, and in no overlay or sample', () => {
    const usb = rendered('components/adb-usb');
    expect(usb.filter(({ kind }) => kind === 'Namespace').map(nameOf)).toEqual(['Namespace/nse-adb']);
    expect(new Set(usb.flatMap(({ metadata: { namespace } }) => namespace ?? []))).toEqual(
      new Set(['nse-adb']),
    );
    for (const overlay of overlays) {
      expect(of(`overlays/${overlay}`).filter(({ metadata }) => metadata.namespace === 'nse-adb')).toEqual(
        [],
      );
    }
  });

  it('is reached by profilers alone', () => {
    const policies = rendered('components/adb-usb').filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies).toHaveLength(1);
    expect(JSON.stringify(policies[0]?.spec?.ingress)).toContain(
      '"app.kubernetes.io/name":"device-profiler"',
    );
    expect(policies[0]?.spec?.egress ?? []).toEqual([]);
  });
});

describeWith(['kustomize', 'schemas'], 'by the schemas of Kubernetes 1.34', () => {
  /** Of others, or our own: the cluster learns of them by a CustomResourceDefinition. */
  const custom = (object: KubernetesObject) =>
    /^(monitoring\.coreos\.com|nse\.dev)\//.test(object.apiVersion);

  it.each([...overlays.map((overlay) => `overlays/${overlay}`), 'monitoring', 'components/adb-usb'])(
    '%s is as it must be',
    (folder) => {
      const objects = of(folder).filter((object) => !custom(object));
      expect(objects).not.toEqual([]);
      expect(misfits(objects)).toEqual([]);
    },
  );

  it('a misspelt field, a wrong type, a missing one and an unknown resource are found', () => {
    const found = [
      ...misfits(inContainer('imagePullPolcy', 'Always')),
      ...misfits(broken(service, 'spec.replicas', 'one')),
      ...misfits(broken(service, 'spec.selector', undefined)),
      ...misfits(broken(service, 'apiVersion', 'extensions/v1beta1')),
    ];
    expect(found).toEqual([
      expect.stringContaining('imagePullPolcy'),
      expect.stringContaining('replicas'),
      expect.stringContaining('selector'),
      expect.stringContaining(service),
    ]);
  });
});

describeWith(['kustomize', 'pod-security'], 'by the rules of Pod Security, level restricted', () => {
  it.each(overlays)('the pods of %s are admitted', (overlay) => {
    expect(refusedPods(of(`overlays/${overlay}`))).toEqual([]);
  });

  it('adb with the USB of nodes alone would not be, for what the guide says of it', () => {
    const refused = refusedPods(rendered('components/adb-usb'));
    expect(refused).toEqual([expect.stringMatching(/^DaemonSet\/adb\b.*privileged.*hostPath/s)]);
  });

  it.each<[string, () => KubernetesObject[]]>([
    ['hostNetwork', () => inPod('hostNetwork', true)],
    ['hostPath', () => inPod('volumes.-', { name: 'x', hostPath: { path: '/' } })],
    ['runAsNonRoot', () => inPod('securityContext.runAsNonRoot', undefined)],
    ['runAsUser=0', () => inPod('securityContext.runAsUser', 0)],
    ['seccompProfile', () => inPod('securityContext.seccompProfile', undefined)],
    ['capabilities', () => inContainer('securityContext.capabilities', undefined)],
    ['allowPrivilegeEscalation', () => inContainer('securityContext.allowPrivilegeEscalation', undefined)],
    ['privileged', () => inContainer('securityContext.privileged', true)],
  ])('%s would keep a pod out', (what, plant) => {
    expect(refusedPods(plant())).toEqual([expect.stringContaining(what)]);
  });
});

describeWith(['kustomize', 'kube-score'], 'by kube-score', () => {
  it.each(overlays)('%s is all well', (overlay) => {
    expect(scoredBadly(of(`overlays/${overlay}`))).toEqual([]);
  });

  it.each<[string, () => KubernetesObject[]]>([
    [
      'container-security-context-readonlyrootfilesystem',
      () => inContainer('securityContext.readOnlyRootFilesystem', undefined),
    ],
    ['container-security-context-user-group-id', () => inPod('securityContext.runAsUser', 100)],
    ['container-resources', () => inContainer('resources.limits', undefined)],
    ['container-image-tag', () => inContainer('image', 'nse/services:latest')],
    ['pod-probes', () => inContainer('readinessProbe', undefined)],
    ['container-seccomp-profile', () => inPod('securityContext.seccompProfile', undefined)],
  ])('%s would be told', (check, plant) => {
    expect(scoredBadly(plant())).toEqual(
      expect.arrayContaining([expect.stringContaining(`${service}: ${check}:`)]),
    );
  });
});
