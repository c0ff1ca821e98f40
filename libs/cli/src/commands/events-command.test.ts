import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectBus, type NatsServer, newEvent, startNatsServer } from '@nse/messaging';
import { jsonLines, nse, type Setting } from '../testing/command.js';
import { Served } from '../testing/served.js';

let folder: string;
let nats: NatsServer;
let bus: Bus;
let served: Served;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nse-events-'));
  nats = await startNatsServer({ storeDir: folder });
  bus = await connectBus({ url: nats.url, name: 'tests' });
  served = await Served.start({}, nats.url);
  await publish('first', 'created');
  await publish('first', 'paused');
  await publish('second', 'created');
});
afterAll(async () => {
  await served.stop();
  await bus.close();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

const publish = (search: string, what: 'created' | 'paused' | 'cancelled') =>
  bus.publish(
    what === 'created'
      ? newEvent('search.created', { search, name: search, rounds: 6, spec: {} }, 'tests')
      : newEvent(`search.${what}`, { search }, 'tests'),
  );

const events = (args: string[], setting?: Setting) =>
  nse(['events', ...args, '--endpoints', served.endpointsFile], setting);

describe('nse events', () => {
  it('replays what has happened, a line each', async () => {
    const { code, stdout } = await events(['--no-follow']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/ first {2}search\.created +6 rounds$/),
      expect.stringMatching(/ first {2}search\.paused$/),
      expect.stringMatching(/ second {2}search\.created +6 rounds$/),
    ]);
  });

  it('keeps to a search and to types, as JSON', async () => {
    const { stdout } = await events(['first', '--type', 'search.created', '--no-follow', '--json']);
    expect(jsonLines(stdout)).toMatchObject([
      { specversion: '1.0', type: 'nse.v1.search.created', subject: 'first', data: { rounds: 6 } },
    ]);
  });

  it('tells with --new only what happens from now on, until Ctrl-C', async () => {
    const stop = new AbortController();
    const onOutput = (text: string) => {
      if (text.includes('third')) stop.abort();
    };
    const running = events(['--new', '--json'], { signal: stop.signal, onOutput });
    // Nobody tells when it listens: searches are created until one is told.
    let round = 0;
    while (!stop.signal.aborted) {
      await publish(`third-${round++}`, 'created');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { code, stdout } = await running;
    expect(code).toBe(130);
    expect(stdout).not.toMatch(/"subject":"(first|second)"/);
  });

  it('refuses types that there are not, and --new without an end', async () => {
    expect(await events(['--type', 'search.lost'])).toMatchObject({ code: 2 });
    expect(await events(['--new', '--no-follow'])).toMatchObject({ code: 2 });
  });
});
