import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLines, nse, type Setting } from '../testing/command.js';
import { StandInCluster } from '../testing/stand-in-cluster.js';
import { timeIn } from './local-logs.js';
import { isAbout } from './subject.js';

const second = (number: number, rest = '') => `2026-01-01T00:00:0${number}${rest}Z`;
const line = (number: number, text: string, name = 'any') =>
  `{"level":30,"time":"${second(number, '.000')}","name":"${name}","msg":"${text}"}`;

describe('nse logs of a local system', () => {
  let folder: string;
  const file = (name: string) => join(folder, 'logs', `${name}.log`);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nse-logs-'));
    mkdirSync(join(folder, 'logs'));
    writeFileSync(file('space-manager'), `${line(1, 'a begins')}\n${line(3, 'b begins')}\n    a stack\n`);
    writeFileSync(file('supernet-trainer'), `${line(2, 'a-r1-train begins')}\nhalf a li`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const logs = (args: readonly string[], setting?: Setting) =>
    nse(['logs', ...args, '--endpoints', join(folder, 'endpoints.json')], setting);
  const texts = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((one) => one.replace(/\{.*"msg":"([^"]*)"\}/, '$1'));

  it('merges the files by time, says whose each line is, and keeps what belongs together', async () => {
    const { code, stdout } = await logs([]);
    expect(code).toBe(0);
    expect(texts(stdout)).toEqual([
      'space-manager | a begins',
      'supernet-trainer | a-r1-train begins',
      'space-manager | b begins',
      'space-manager |     a stack',
    ]);
  });

  it('keeps to a service, to a search, to the last lines', async () => {
    expect(texts((await logs(['supernet-trainer'])).stdout)).toEqual([
      'supernet-trainer | a-r1-train begins',
    ]);
    expect(texts((await logs(['a'])).stdout)).toEqual([
      'space-manager | a begins',
      'supernet-trainer | a-r1-train begins',
      'space-manager |     a stack',
    ]);
    expect(texts((await logs(['space-manager', '--tail', '1'])).stdout)).toEqual([
      'space-manager |     a stack',
    ]);
    expect((await logs(['--since', '10m'])).stdout).toBe('');
  });

  it('goes on with lines that come, once they are complete, as JSON', async () => {
    const stop = new AbortController();
    let appended = false;
    const { code, stdout } = await logs(['--follow', '--json'], {
      signal: stop.signal,
      onOutput: (text) => {
        if (text.includes('half a line')) stop.abort();
        if (!appended) appendFileSync(file('supernet-trainer'), 'ne\n');
        appended = true;
      },
    });
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toEqual({
      time: second(2, '.000'),
      source: 'supernet-trainer',
      line: 'half a line',
    });
  });

  it('says where there are none, and refuses what is neither a search nor a service', async () => {
    rmSync(join(folder, 'logs'), { recursive: true });
    expect(await logs([])).toMatchObject({ code: 4, stderr: expect.stringContaining('./nse up') as string });
    expect(await logs(['No.Such'])).toMatchObject({ code: 2 });
    expect(await logs(['--since', 'yesterday'])).toMatchObject({ code: 2 });
  });
});

describe('nse logs of a cluster', () => {
  let cluster: StandInCluster;
  const part = { 'app.kubernetes.io/part-of': 'nse' };
  const service = (name: string) => ({
    ...part,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': 'service',
  });
  const worker = { ...part, 'app.kubernetes.io/name': 'supernet-trainer', 'nse/search': 'a' };

  beforeEach(async () => {
    cluster = await StandInCluster.start();
    const add = (name: string, labels: Readonly<Record<string, string>>, log: string[]) =>
      cluster.pods.set(name, { name, labels, log });
    add('space-manager-1', service('space-manager'), [
      `${second(1, '.5')} a begins`,
      `${second(1, '.500000001')} b begins`,
      `${second(4)} a goes on`,
    ]);
    add('a-r1-train-0', worker, [`${second(2)} step 1`]);
    add('b-r1-train-0', { ...worker, 'nse/search': 'b' }, [`${second(3)} step 1`]);
  });
  afterEach(() => cluster.stop());

  const logs = (args: readonly string[], setting?: Setting) =>
    nse(['logs', ...args, '--kubeconfig', cluster.kubeconfig], setting);

  it("merges what pods say by time, each line with its pod's name", async () => {
    const { code, stdout } = await logs([]);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'space-manager-1 | a begins',
        'space-manager-1 | b begins',
        'a-r1-train-0 | step 1',
        'b-r1-train-0 | step 1',
        'space-manager-1 | a goes on',
        '',
      ],
    ]);
  });

  it('shows of a search its workers, and what services say about it', async () => {
    expect((await logs(['a'])).stdout.trimEnd().split('\n')).toEqual([
      'space-manager-1 | a begins',
      'a-r1-train-0 | step 1',
      'space-manager-1 | a goes on',
    ]);
    expect((await logs(['supernet-trainer', '--tail', '1'])).stdout.split('\n')).toHaveLength(3);
  });

  it('follows pods that are there and pods that come, no line twice, past a break', async () => {
    const stop = new AbortController();
    const step = { number: 0 };
    const following = () => cluster.calls.filter((call) => call === 'get pods/log space-manager-1').length;
    const onOutput = (text: string) => {
      if (text.includes('new worker') && step.number === 1) {
        step.number = 2;
        cluster.breakLogs();
        cluster.log('space-manager-1', `${second(4, '.1')} after the break`);
      }
      if (text.includes('after the break')) stop.abort();
    };
    const running = logs(['--follow'], { signal: stop.signal, onOutput });
    // Once the stored lines are out it reads each pod anew, to follow it.
    while (following() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    step.number = 1;
    const log = [`${second(5)} a new worker`];
    cluster.pods.set('c-r1-train-0', { name: 'c-r1-train-0', labels: worker, log });
    const { code, stdout } = await running;
    expect(code).toBe(130);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual(['c-r1-train-0 | a new worker', 'space-manager-1 | after the break']);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('takes a pod that comes again under its name for another one', async () => {
    const stop = new AbortController();
    const name = 'space-manager-1';
    let ending = false;
    const onOutput = (text: string) => {
      if (text.includes('the end')) stop.abort();
      else if (text.includes('anew') && !ending) {
        ending = true;
        // Time for another reader to show the same.
        setTimeout(() => cluster.log(name, `${second(7)} the end`), 3_000);
      }
    };
    const running = logs(['space-manager', '--follow', '--tail', '1'], { signal: stop.signal, onOutput });
    const following = () => cluster.calls.filter((call) => call === `get pods/log ${name}`).length;
    while (following() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    cluster.remove(name);
    const log = [`${second(5)} between`, `${second(6)} anew`];
    cluster.pods.set(name, { name, uid: 'another', labels: service('space-manager'), log });
    const { stdout } = await running;
    expect(stdout.split('\n')).toEqual([`${name} | a goes on`, `${name} | anew`, `${name} | the end`, '']);
  });

  it('names the right that is missing, and a namespace without NSE', async () => {
    cluster.forbidden.add('get pods/log');
    expect(await logs([])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('the right to get pods/log in namespace nse') as string,
    });
    cluster.pods.clear();
    expect(await logs([])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('kubectl apply') as string,
    });
  });
});

describe('a line', () => {
  it.each([
    ['search a begins', true],
    ['{"task":"a-r12-train"}', true],
    ['{"task":"a-retrain-chosen"}', true],
    ['nse.v1.a.round.completed', true],
    ['{"search":"a-b"}', false],
    ['{"search":"b-a"}', false],
    ['{"search":"ab"}', false],
  ])('%s is about search a: %s', (text, about) => {
    expect(isAbout('a')(text)).toBe(about);
  });

  it("tells its time where it is ours or nats-server's", () => {
    expect(timeIn(line(1, 'x'))?.toISOString()).toBe(second(1, '.000'));
    expect(timeIn('[12] 2026/01/02 03:04:05.678901 [INF] x')).toEqual(new Date(2026, 0, 2, 3, 4, 5, 678));
    expect(timeIn('    at stack')).toBeUndefined();
  });
});
