import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { messages } from '@nse/rpc';
import { Certificate } from '../testing/certificates.js';
import { jsonLines, nse, type Outcome, type Setting } from '../testing/command.js';
import { Served } from '../testing/served.js';
import { searchOver } from '../testing/small-search.js';
import { StandInCluster } from '../testing/stand-in-cluster.js';

const certificate = new Certificate('space-manager');
const labels = { 'app.kubernetes.io/name': 'space-manager', 'app.kubernetes.io/part-of': 'nse' };
const shown: string[] = [];
let streams = 0;
let served: Served;
let cluster: StandInCluster;

beforeAll(async () => {
  served = await Served.start(
    {
      spaceManager: {
        listSearches: (_, { metadata }) => {
          shown.push(metadata.get('authorization').join());
          return Promise.resolve({ searches: [searchOver()] });
        },
        getSearch: () => Promise.resolve(searchOver({ phase: 'RUNNING' })),
        async *watchSearch(_, { signal }): AsyncGenerator<messages.SearchUpdate, void> {
          streams++;
          if (streams > 1) {
            yield { search: searchOver() };
            return;
          }
          yield { progress: { search: 'small', stage: 'train', step: 1, steps: 2 } };
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    },
    undefined,
    certificate.files,
  );
});
afterAll(async () => {
  await served.stop();
  certificate.remove();
});

beforeEach(async () => {
  cluster = await StandInCluster.start();
  cluster.services.set('space-manager', labels);
  cluster.secrets.set('client-tls', certificate.secret);
  cluster.pods.set('space-manager-1', { name: 'space-manager-1', labels, backend: served.port });
});
afterEach(() => cluster.stop());

const there = (args: readonly string[], setting: Setting = {}): Promise<Outcome> =>
  nse([...args, '--kubeconfig', cluster.kubeconfig, '--namespace', 'nse'], setting);

describe('nse in a cluster', () => {
  it('says the same as on a local system, by services whose certificates have their names', async () => {
    const { code, stdout, stderr } = await there(['search', 'list']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ID[^]*\nsmall /);
  });

  it('asks only for what the command uses', async () => {
    await there(['search', 'list']);
    const secrets = ['get secrets client-tls', 'get secrets client-token'];
    const names = new Set(cluster.calls);
    expect([...names].sort()).toEqual(
      ['forward space-manager-1', 'get services space-manager', 'list pods', ...secrets].sort(),
    );
  });

  it('takes context, namespace and kubeconfig from the environment, too', async () => {
    const env = { KUBECONFIG: cluster.kubeconfig, NSE_CONTEXT: 'elsewhere', NSE_NAMESPACE: 'nse' };
    expect((await nse(['search', 'list'], { env })).code).toBe(0);
    const other = await nse(['search', 'list'], { env: { ...env, NSE_NAMESPACE: '' } });
    expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining('no namespace other') as string });
  });

  it('goes on with what it follows when the pod has gone, by another one', async () => {
    streams = 0;
    const second = { name: 'space-manager-2', labels, backend: served.port };
    const onOutput = (text: string) => {
      if (!text.includes('progress') || cluster.pods.has(second.name)) return;
      cluster.pods.set(second.name, second);
      cluster.remove('space-manager-1');
    };
    const { code, stdout } = await there(['search', 'watch', 'small', '--json'], { onOutput });
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ progress: { step: 1 } }, { search: { phase: 'SUCCEEDED' } }]);
    expect(cluster.calls).toContain('forward space-manager-2');
  });

  it('passes over a pod that is gone though the API server does not know yet', async () => {
    cluster.pods.set('space-manager-0', { name: 'space-manager-0/gone', labels });
    const pods = [...cluster.pods].sort(([one], [other]) => (one < other ? -1 : 1));
    cluster.pods.clear();
    for (const [name, pod] of pods) cluster.pods.set(name, pod);
    expect((await there(['search', 'list'])).code).toBe(0);
  });
});

describe('what nse shows in a cluster', () => {
  it('is a certificate by files that the user names, before the Secret', async () => {
    cluster.secrets.clear();
    const { ca, cert, key } = certificate.files;
    const named = ['--tls-ca', ca, '--tls-cert', cert, '--tls-key', key];
    expect((await there(['search', 'list', ...named])).code).toBe(0);
    const env = { NSE_TLS_CA: ca, NSE_TLS_CERT: cert, NSE_TLS_KEY: join(tmpdir(), 'nse-none') };
    const wrong = await there(['search', 'list'], { env });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--tls-key') as string });
  });

  it("is the Secret's token", async () => {
    shown.length = 0;
    cluster.secrets.set('client-token', { token: 'of-the-secret\n' });
    const { stdout, stderr } = await there(['search', 'list']);
    expect(shown).toEqual(['Bearer of-the-secret']);
    expect(stdout + stderr).not.toContain('of-the-secret');
  });

  it("is a file's token before the Secret's", async () => {
    shown.length = 0;
    cluster.secrets.set('client-token', { token: 'of-the-secret' });
    const tokenFile = join(certificate.folder, 'token');
    writeFileSync(tokenFile, 'of-the-file\n');
    await there(['search', 'list', '--token-file', tokenFile]);
    expect(shown).toEqual(['Bearer of-the-file']);
  });

  it('is shown to no server whose certificate has another name', async () => {
    const other = new Certificate('retrainer');
    const wrong = await Served.start({}, undefined, other.files);
    cluster.secrets.set('client-tls', other.secret);
    cluster.pods.set('space-manager-1', { name: 'space-manager-1', labels, backend: wrong.port });
    const refused = await there(['search', 'list']);
    await wrong.stop();
    other.remove();
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('altnames') as string });
  });
});

describe('what nse says of a cluster', () => {
  const message = async (args: readonly string[], code: number, setting?: Setting) => {
    const outcome = await there(args, setting);
    expect(outcome.code).toBe(code);
    return outcome.stderr;
  };
  const list = ['search', 'list'];

  it('names the contexts that there are', async () => {
    expect(await message([...list, '--context', 'lost'], 2)).toMatch(
      /no context "lost" .*: tests, elsewhere\)/,
    );
  });

  it('tells of a kubeconfig that is not there', async () => {
    const none = await nse([...list, '--context', 'x'], { env: { HOME: '/nowhere' } });
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no kubeconfig \/nowhere\/.kube\/config.*--kubeconfig/) as string,
    });
  });

  it('tells of a namespace without NSE, and how to deploy it', async () => {
    cluster.services.clear();
    expect(await message(list, 4)).toMatch(/no namespace nse|no service space-manager.*kubectl apply -k/);
  });

  it('tells how each pod stands where none is ready', async () => {
    const status = {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
    };
    cluster.pods.set('space-manager-1', { name: 'space-manager-1', labels, ready: false, status });
    expect(await message(list, 4)).toContain('(space-manager-1: ImagePullBackOff: no such image)');
  });

  it.each([
    ['get services', 'get services'],
    ['list pods', 'list pods'],
    ['get pods/portforward', 'pods/portforward'],
  ])('names the right that is missing: %s', async (forbidden, named) => {
    cluster.forbidden.add(forbidden);
    const told = await there([...list, '--json']);
    expect(told.stderr).toContain(named);
    expect(told.code).toBeGreaterThan(3);
  });

  it('tells of an API server that does not answer', async () => {
    cluster.silent = true;
    const began = performance.now();
    expect(await message(list, 4)).toMatch(/API server http:\S+ \(context tests\) cannot be reached/);
    expect(performance.now() - began).toBeGreaterThan(10_000);
  });

  it('tells what kubelet says of a port that nothing listens on', async () => {
    cluster.pods.set('space-manager-1', { name: 'space-manager-1', labels });
    expect(await message(list, 4)).toContain('connection refused');
  });

  it.each([
    [['up']],
    [['demo']],
    [['search', 'resume', '--out', 'x']],
    [['search', 'resume', 'a', '--state', 'x']],
  ])('refuses what runs on this machine alone: %j', async (args) => {
    expect(await message(args, 2)).toContain('runs on this machine');
    const env = { NSE_CONTEXT: 'tests' };
    expect(await nse(args, { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('leave out NSE_CONTEXT') as string,
    });
  });

  it('refuses two systems at once, and what is for a cluster without one', async () => {
    expect(await message([...list, '--endpoints', 'x'], 2)).toContain('name two systems');
    const env = { NSE_CONTEXT: 'tests', NSE_ENDPOINTS: 'x' };
    expect((await nse(list, { env })).stderr).toContain('name two systems');
    expect((await nse([...list, '--token-file', 'x'])).stderr).toContain('is for a cluster');
  });
});
