import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, type V1Namespace, type V1Service } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';
import { nse } from '../testing/command.js';
import { ClusterApi } from './api.js';
import { Forward } from './forward.js';
import { placeOf } from './kubeconfig.js';
import type { Pod } from './pod-state.js';
import { readyTargets } from './target.js';

/**
 * On a real cluster: the one of KUBECONFIG, where NSE_TEST_CLUSTER=1 says that it is there to be tried on. NSE_TEST_IMAGE is an
 * image that the node has, with `node` in it. A namespace is made for the tests and removed.
 */
const image = process.env['NSE_TEST_IMAGE'] ?? 'node:20-bookworm-slim';
const wanted = process.env['NSE_TEST_CLUSTER'] === '1';
if (!wanted)
  process.stderr.write('real-cluster.test.ts: skipped, NSE_TEST_CLUSTER=1 names no cluster to try on\n');

const namespace = `nse-cli-${process.pid}`;
const labels = {
  'app.kubernetes.io/name': 'space-manager',
  'app.kubernetes.io/part-of': 'nse',
  'app.kubernetes.io/component': 'service',
};
// Says its name to whoever connects, then what it hears.
const program = `
  console.log('listening');
  require('net').createServer((socket) => { socket.write(process.env.HOSTNAME + '\\n'); socket.pipe(socket); }).listen(50051);`;

(wanted ? describe : describe.skip)('nse in a real cluster', () => {
  jest.setTimeout(300_000);
  let api: ClusterApi;
  let core: CoreV1Api;
  let forward: Forward | undefined;

  const podOf = (name: string, from: string): Pod => ({
    metadata: { name, labels },
    spec: {
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'service',
          image: from,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', program],
          ports: [{ name: 'grpc', containerPort: 50051 }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  });

  async function ready(count: number): Promise<void> {
    for (;;) {
      const targets = await readyTargets(api, 'space-manager').catch(() => []);
      if (targets.length >= count) return;
      await delay(500);
    }
  }

  beforeAll(async () => {
    api = new ClusterApi(placeOf({ namespace }, process.env));
    core = api.place.config.makeApiClient(CoreV1Api);
    const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const space: Plain<V1Namespace> = { metadata: { name: namespace, labels: restricted } };
    await core.createNamespace({ body: space });
    const service: Plain<V1Service> = {
      metadata: { name: 'space-manager' },
      spec: {
        clusterIP: 'None',
        selector: labels,
        ports: [{ name: 'grpc', port: 50051, targetPort: 'grpc' }],
      },
    };
    await core.createNamespacedService({ namespace, body: service });
  });
  afterAll(async () => {
    forward?.close();
    await core.deleteNamespace({ name: namespace });
  });

  it('tells how a pod stands whose image cannot be had', async () => {
    await core.createNamespacedPod({ namespace, body: podOf('broken', 'nse.invalid/none:1') });
    const told = async () =>
      (await nse(['search', 'list', '--namespace', namespace], { env: process.env })).stderr;
    let last = '';
    while (!/broken: (ErrImagePull|ImagePullBackOff)/.test(last)) last = await told();
    await core.deleteNamespacedPod({ namespace, name: 'broken', gracePeriodSeconds: 0 });
  });

  it('reaches a pod, and another one when that is gone', async () => {
    for (const name of ['one', 'two'])
      await core.createNamespacedPod({ namespace, body: podOf(name, image) });
    await ready(2);
    forward = await Forward.open(api, 'space-manager');
    const [host, port] = forward.address.split(':');
    const hello = async () => {
      const socket = connect(Number(port), host);
      socket.write('hello');
      let heard = '';
      socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      while (!heard.includes('hello')) await once(socket, 'data');
      return { socket, name: heard.split('\n')[0] ?? '' };
    };
    const { socket, name } = await hello();
    const closed = once(socket, 'close');
    await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
    await closed;
    const again = await hello();
    expect(again.name).toBe(name === 'one' ? 'two' : 'one');
    again.socket.destroy();
  });

  it('shows what pods log', async () => {
    const { code, stdout } = await nse(['logs', 'space-manager', '--namespace', namespace], {
      env: process.env,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(one|two) \| listening$/m);
  });
});
