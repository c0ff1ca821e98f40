import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { arm, disarm, failpointsOf, programName } from './failpoint.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-failpoints-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Passes the point in a process of its own, `times` in a row, and says when each was passed. */
function program(times = 1): string[] {
  const source = JSON.stringify(join(__dirname, '../dist/failpoint.js'));
  const code = `const { failpointsOf } = require(${source});
    const failpoint = failpointsOf(${JSON.stringify(folder)}, 'program');
    for (let i = 0; i < ${times}; i++) { failpoint('publish.before'); console.log('passed', i); }`;
  return ['-e', code];
}

describe('a failpoint', () => {
  it('does nothing where no folder is named, and next to nothing where none is armed', () => {
    const off = failpointsOf(undefined, 'program');
    expect(() => off('publish.before')).not.toThrow();
    const on = failpointsOf(folder, 'program');
    expect(() => on('publish.before')).not.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('raises a passing error once', () => {
    arm(folder, { program: 'program', point: 'publish.before', action: 'error' });
    const pass = failpointsOf(folder, 'program');
    expect(() => pass('publish.after')).not.toThrow();
    expect(() => pass('publish.before')).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', retryable: true }) as Error,
    );
    expect(() => pass('publish.before')).not.toThrow();
  });

  it('fires for the program that is named, or for any', () => {
    arm(folder, { program: 'other', point: 'result.before', action: 'error' });
    expect(() => failpointsOf(folder, 'program')('result.before')).not.toThrow();
    expect(() => failpointsOf(folder, 'other')('result.before')).toThrow('result.before of other');
    arm(folder, { program: '*', point: 'result.before', action: 'error' });
    expect(() => failpointsOf(folder, 'program')('result.before')).toThrow('result.before of program');
  });

  it('lets as many passes go by as it was told', () => {
    arm(folder, { program: '*', point: 'checkpoint.after', action: 'error', passes: 2 });
    const pass = failpointsOf(folder, 'program');
    pass('checkpoint.after');
    pass('checkpoint.after');
    expect(() => pass('checkpoint.after')).toThrow('checkpoint.after');
  });

  it('leaves a record of having fired, which names the program', () => {
    arm(folder, { program: '*', point: 'checkpoint.after', action: 'error' });
    expect(() => failpointsOf(folder, 'program')('checkpoint.after')).toThrow();
    const [record] = readdirSync(folder);
    expect(record).toMatch(new RegExp(`^\\*\\.checkpoint\\.after\\.fired-program-${process.pid}-\\d+$`));
    expect(readFileSync(join(folder, record ?? ''), 'utf8')).toBe('error 0\n');
  });

  it('that is taken back does not fire; one that fired cannot be', () => {
    const file = arm(folder, { program: '*', point: 'checkpoint.after', action: 'error' });
    expect([disarm(file), disarm(file)]).toEqual([true, false]);
    expect(() => failpointsOf(folder, 'program')('checkpoint.after')).not.toThrow();
  });

  it('kills the program at the very point', () => {
    arm(folder, { program: 'program', point: 'publish.before', action: 'kill', passes: 1 });
    const ended = spawnSync(process.execPath, program(3), { encoding: 'utf8' });
    expect([ended.signal, ended.stdout]).toEqual(['SIGKILL', 'passed 0\n']);
    expect(spawnSync(process.execPath, program(3), { encoding: 'utf8' }).stdout).toContain('passed 2');
  });

  it('stops the program at the very point until it is told to go on', async () => {
    arm(folder, { program: 'program', point: 'publish.before', action: 'stop' });
    const child = spawn(process.execPath, program(), { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const closed = once(child, 'close');
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))) await delay(10);
    expect(said).toBe('');
    child.kill('SIGCONT');
    expect([await closed, said]).toEqual([[0, null], 'passed 0\n']);
  });

  it('of many programs that come by at once fires in exactly one', async () => {
    arm(folder, { program: '*', point: 'publish.before', action: 'kill' });
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, program(20), { stdio: 'ignore' }),
    );
    const ends = await Promise.all(children.map(async (child) => (await once(child, 'exit')) as unknown[]));
    expect(ends.filter(([, signal]) => signal === 'SIGKILL')).toHaveLength(1);
  });
});

describe('the name of a program', () => {
  it.each([
    ['/nse/services/supernet-trainer/dist/main.js', 'supernet-trainer'],
    ['/nse/services/supernet-trainer/dist/worker.js', 'supernet-trainer-worker'],
    ['/nse/node_modules/jest/bin/jest.js', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s', (path, name) => {
    expect(programName(path)).toBe(name);
  });
});
