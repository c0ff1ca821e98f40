import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoints, LocalRuntime, repositoryRoot, serviceNames } from '@nse/cli';
import { toStruct } from '@nse/rpc';
import { tinySpec } from '@nse/testing';
import { descendants, findBelow, isAlive } from './processes.js';
import { healthOf, reflectedServices } from './standard-calls.js';
import { LocalSystem, until } from './system.js';

/** `space-manager` as its proto file has it: `nse.v1.SpaceManager`. */
const protoName = (service: string) =>
  `nse.v1.${service.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}`;

describe('each service', () => {
  let system: LocalSystem;

  beforeAll(async () => {
    system = await LocalSystem.start();
  });

  afterAll(async () => {
    await system.stop();
  });

  it.each(serviceNames)('%s answers health checks and tells what it offers', async (name) => {
    const address = system.runtime.endpoints.services[name];
    expect(await healthOf(address, '')).toEqual({ status: 'SERVING' });
    expect(await healthOf(address, protoName(name))).toEqual({ status: 'SERVING' });
    expect(await reflectedServices(address)).toMatchObject({
      listServicesResponse: { service: expect.arrayContaining([{ name: protoName(name) }]) as unknown },
    });
  });

  it('comes back at its address, with all that it knew, when it is killed', async () => {
    const { spaceManager } = system.clients;
    await spaceManager.createSearch({ search: 'kept', spec: toStruct(tinySpec()) });
    const before = system.runtime.processes().get('space-manager');
    process.kill(before!, 'SIGKILL');
    const found = await spaceManager.getSearch(
      { search: 'kept' },
      { waitForReady: true, deadlineMs: 60_000 },
    );
    expect(found.id).toBe('kept');
    expect(system.runtime.processes().get('space-manager')).not.toBe(before);
  });

  it('ends with the system, and so does every worker', async () => {
    await until('a worker runs', () => findBelow(process.pid, /dist\/worker\.js/) !== undefined);
    const all = descendants(process.pid).filter(({ command }) => command.includes(repositoryRoot));
    expect(all.length).toBeGreaterThanOrEqual(6);
    const began = performance.now();
    await system.runtime.stop();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(all.filter(isAlive)).toEqual([]);
  });
});

describe('a launcher that is killed', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nse-launcher-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The system under a process of its own, which a test may kill. */
  function startLauncher(): ChildProcess {
    const module = join(repositoryRoot, 'libs/cli/dist/index.js');
    const program = `
      const { LocalRuntime, repositoryRoot } = require(${JSON.stringify(module)});
      LocalRuntime.start({ stateDir: ${JSON.stringify(folder)}, root: repositoryRoot }).then(
        ({ endpoints }) => process.send(endpoints),
      );`;
    return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  it('takes the services and nats-server along', async () => {
    const launcher = startLauncher();
    const [endpoints] = (await once(launcher, 'message')) as [Endpoints];
    expect(endpoints.services['space-manager']).toMatch(/^127\.0\.0\.1:\d+$/);
    const all = descendants(launcher.pid!);
    expect(all.filter(({ command }) => command.includes('dist/main.js'))).toHaveLength(serviceNames.length);
    expect(all.some(({ command }) => /^\S*nats-server -c/.test(command))).toBe(true);
    launcher.kill('SIGKILL');
    await until('everything ends', () => !all.some(isAlive), 10_000);
  });
});

describe('a start that was told to stop before it began', () => {
  it('leaves nothing behind, and the folder free', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'nse-stopped-'));
    const start = () => LocalRuntime.start({ stateDir, root: repositoryRoot, signal: AbortSignal.abort() });
    const stopped = { name: 'AbortError' };
    await expect(start()).rejects.toMatchObject(stopped);
    await expect(start()).rejects.toMatchObject(stopped);
    expect(descendants(process.pid).filter(({ command }) => command.includes(stateDir))).toEqual([]);
    rmSync(stateDir, { recursive: true });
  });
});

describe('a service that cannot start', () => {
  it('is named with its log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nse-broken-'));
    const start = LocalRuntime.start({ stateDir: folder, root: folder });
    await expect(start).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(start).rejects.toThrow(join(folder, 'logs'));
    expect(readFileSync(join(folder, 'logs/space-manager.log'), 'utf8')).toContain('Cannot find module');
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);
});
