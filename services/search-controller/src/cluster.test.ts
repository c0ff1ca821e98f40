import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newEvent } from '@nse/messaging';
import { frontOf, smallSpec, SpaceManager } from './testing/space-manager.js';

/**
 * On a real cluster: the one of KUBECONFIG, where NSE_TEST_CLUSTER=1 says that it is there to be tried on, with kubectl on PATH. The
 * resource's definition is applied and stays; a namespace is made for the tests and removed. The services run here.
 */
const wanted = process.env['NSE_TEST_CLUSTER'] === '1';
if (!wanted)
  process.stderr.write('cluster.test.ts: skipped, NSE_TEST_CLUSTER=1 names no cluster to try on\n');

const namespace = `nse-searches-${process.pid}`;
const base = join(__dirname, '../../../k8s/base');
const run = promisify(execFile);

/** What kubectl prints. Fails with what it says on standard error. */
async function kubectl(...parts: string[]): Promise<string> {
  return (await run('kubectl', ['--namespace', namespace, ...parts])).stdout.trim();
}

/** What `kubectl apply` prints of an object, or why it is refused. */
async function apply(name: string, spec: object): Promise<string> {
  const object = { apiVersion: 'nse.dev/v1alpha1', kind: 'Search', metadata: { name, namespace }, spec };
  const child = spawn('kubectl', ['apply', '-f', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(JSON.stringify(object));
  await once(child, 'close');
  return said.trim();
}

const waitFor = (what: string, name: string) =>
  kubectl('wait', `--for=${what}`, `search/${name}`, '--timeout=120s');
const field = (name: string, path: string) => kubectl('get', 'search', name, '-o', `jsonpath={${path}}`);

(wanted ? describe : describe.skip)('Searches on a real cluster', () => {
  jest.setTimeout(240_000);
  let manager: SpaceManager;
  const controllers: ChildProcess[] = [];

  function startController(): ChildProcess {
    const child = spawn(process.execPath, [join(__dirname, '../dist/main.js')], {
      env: {
        ...process.env,
        NSE_NATS_URL: manager.nats.url,
        NSE_LOG_LEVEL: 'error',
        NSE_SPACE_MANAGER: manager.address,
        NSE_SEARCHES_NAMESPACE: namespace,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    controllers.push(child);
    return child;
  }

  beforeAll(async () => {
    await kubectl('apply', '-f', join(base, 'search-crd.yaml'));
    await kubectl('wait', '--for=condition=Established', 'crd/searches.nse.dev', '--timeout=60s');
    await kubectl('create', 'namespace', namespace);
    manager = await SpaceManager.start();
    startController();
    startController();
  });

  afterAll(async () => {
    // Controllers first: without a finalizer the objects go all the same.
    for (const child of controllers) child.kill('SIGKILL');
    await kubectl('delete', 'namespace', namespace, '--timeout=120s');
    await manager.stop();
  });

  it('are filled in, and refused where they are wrong, with the place', async () => {
    expect(await apply('defaults', { search: smallSpec, suspend: true })).toMatch(/created$/);
    expect(await field('defaults', '.spec.search.retrain.learningRate.peak')).toBe('0.1');
    expect(await apply('a.b', { search: smallSpec })).toMatch(/metadata\.name is the id of the search/);
    expect(await apply('both', { search: smallSpec, preset: 'cifar10' })).toMatch(
      /exactly one of preset and search/,
    );
    expect(await apply('none', {})).toMatch(/exactly one of preset and search/);
    expect(await apply('bare', { search: smallSpec, overrides: { seed: 1 } })).toMatch(
      /overrides are of a preset/,
    );
    expect(await apply('low', { search: { ...smallSpec, rounds: -1 } })).toMatch(
      /spec\.search\.rounds: Invalid value: -1/,
    );
    expect(await apply('odd', { search: { ...smallSpec, pool: 'mac1' } })).toMatch(
      /Unsupported value: "mac1": supported values: "mac27"/,
    );
    expect(await apply('more', { search: { ...smallSpec, sed: 1 } })).toMatch(
      /unknown field "spec\.search\.sed"/,
    );
  });

  it('cannot be changed, but for suspend; a second apply changes nothing', async () => {
    const spec = { preset: 'fashion-mnist', overrides: { seed: 3 } };
    expect(await apply('fixed', spec)).toMatch(/created$/);
    await waitFor('condition=Accepted', 'fixed');
    const before = await field('fixed', '.metadata.generation');
    expect(await apply('fixed', spec)).toMatch(/unchanged$/);
    expect(await apply('fixed', { ...spec, overrides: { seed: 4 } })).toMatch(/overrides cannot be changed/);
    expect(await apply('fixed', { preset: 'cifar10', overrides: { seed: 3 } })).toMatch(
      /preset cannot be changed/,
    );
    expect(await apply('fixed', { search: smallSpec })).toMatch(/search cannot be changed/);
    expect(await field('fixed', '.metadata.generation')).toBe(before);
    expect(await apply('fixed', { ...spec, suspend: true })).toMatch(/configured$/);
    await waitFor('condition=Suspended', 'fixed');
    expect(await manager.client.getSearch({ search: 'fixed' })).toMatchObject({ phase: 'PAUSED' });
  });

  it('are waited for to their success, and shown in columns and events', async () => {
    await apply('whole', { search: smallSpec });
    await waitFor('condition=Progressing', 'whole');
    for (const round of [1, 2]) await manager.addRound('whole', round);
    const over = { stage: 'retrain', round: 2, phase: 'SUCCEEDED', front: frontOf(3), chosen: frontOf(1)[0] };
    const waiting = waitFor('condition=Succeeded', 'whole');
    await manager.change('whole', over);
    await manager.bus.publish(newEvent('search.cancelled', { search: 'whole' }, 'tests'));
    expect(await waiting).toMatch(/condition met/);
    expect(await kubectl('get', 'searches', 'whole', '--no-headers')).toMatch(
      /^whole +Succeeded +2 +2 +0\.52 /,
    );
    const path = '{range .items[*]}{.reason}{"\\n"}{end}';
    const events = await kubectl(
      'get',
      'events',
      '--field-selector=involvedObject.name=whole',
      '-o',
      `jsonpath=${path}`,
    );
    expect(events.split('\n').sort()).toEqual([
      'Created',
      'RoundCompleted',
      'RoundCompleted',
      'SearchSucceeded',
    ]);
    expect(await kubectl('describe', 'search', 'whole')).toMatch(/round 2 of 2: a front of 3/);
  });

  it('say what the service refuses', async () => {
    await apply('wide', { search: { ...smallSpec, subsetSize: 500 } });
    await waitFor('condition=Failed', 'wide');
    const [, reason, message] = /^(\S+) (.*)$/s.exec(
      await field(
        'wide',
        '.status.conditions[?(@.type=="Accepted")].reason} {.status.conditions[?(@.type=="Accepted")].message',
      ),
    )!;
    expect(reason).toBe('InvalidSpec');
    expect(message).toMatch(/^spec\.search\.subsetSize: got 500/);
  });

  it('take their search along when they are deleted', async () => {
    await apply('short', { search: smallSpec });
    await waitFor('condition=Accepted', 'short');
    await kubectl('delete', 'search', 'short', '--timeout=30s');
    await manager.deleted('short');
    await expect(manager.client.getSearch({ search: 'short' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
