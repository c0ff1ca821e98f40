import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChildSpec, SupervisedChild } from './child.js';

let folder: string;
const children: SupervisedChild[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-child-'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** What the file of that name in the test's folder holds; nothing before it is there. */
const content = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
const log = () => content('log');

/** A Node program, started and watched. */
function supervise(
  program: string,
  tether: ChildSpec['tether'] = 'channel',
  env: ChildSpec['env'] = () => ({ GREETING: 'hello' }),
) {
  const messages: unknown[] = [];
  const ends: string[] = [];
  const spec: ChildSpec = {
    name: 'test',
    command: process.execPath,
    args: ['-e', program],
    env,
    logFile: join(folder, 'log'),
    tether,
  };
  const child = new SupervisedChild(
    spec,
    (message) => messages.push(message),
    (reason) => ends.push(reason),
  );
  children.push(child);
  child.start();
  return { child, messages, ends };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 30_000) throw new Error('waited too long');
    await delay(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const forever = 'setInterval(() => {}, 1000);';

describe('a supervised child', () => {
  it('gets its environment, sends messages, and has its output logged', async () => {
    const { messages } = supervise(
      `process.send({ got: process.env.GREETING }); console.log('said'); ${forever}`,
    );
    await until(() => messages.length > 0);
    expect(messages).toEqual([{ got: 'hello' }]);
    await until(() => log().includes('said'));
  });

  it('is started again when it is killed, with the environment of then', async () => {
    let starts = 0;
    const { messages, ends } = supervise(
      `process.send({ start: process.env.START, pid: process.pid }); ${forever}`,
      'channel',
      () => ({ START: String(++starts) }),
    );
    await until(() => messages.length === 1);
    const first = messages[0] as { start: string; pid: number };
    process.kill(first.pid, 'SIGKILL');
    await until(() => messages.length === 2);
    expect(ends).toEqual(['signal SIGKILL']);
    const second = messages[1] as typeof first;
    expect(second.pid).not.toBe(first.pid);
    expect([first.start, second.start]).toEqual(['1', '2']);
  });

  it('is told to stop, says its last words, and is not started again', async () => {
    const { child, messages, ends } = supervise(
      `process.on('SIGTERM', () => { console.log('last words'); process.exit(0); });
       process.send('up'); ${forever}`,
    );
    await until(() => messages.length === 1);
    const pid = child.pid!;
    await child.stop();
    expect(log()).toContain('last words');
    expect([isAlive(pid), ends]).toEqual([false, []]);
  });

  it('that cannot be started is tried again, and said to have ended', async () => {
    const child = new SupervisedChild(
      {
        name: 'none',
        command: join(folder, 'no-such-program'),
        args: [],
        env: () => ({}),
        logFile: join(folder, 'log'),
        tether: 'channel',
      },
      undefined,
      (reason) => ends.push(reason),
    );
    const ends: string[] = [];
    children.push(child);
    child.start();
    await until(() => ends.length === 2);
    expect(log()).toContain('ENOENT');
  });

  it('of another make is ended by its pipe: told to stop in order', async () => {
    const { child } = supervise(
      `process.on('SIGTERM', () => { console.log('stopping'); process.exit(0); });
       console.log('pid', process.pid); ${forever}`,
      'pipe',
    );
    await until(() => /pid \d+/.test(log()));
    const pid = Number(/pid (\d+)/.exec(log())?.[1]);
    await child.stop();
    expect(log()).toContain('stopping');
    expect(isAlive(pid)).toBe(false);
  });

  it('of another make is ended however soon after its start it is told to stop', async () => {
    for (let waitMs = 0; waitMs < 12; waitMs++) {
      const { child } = supervise(`console.log('pid', process.pid); ${forever}`, 'pipe');
      if (waitMs > 0) await delay(waitMs);
      await child.stop();
    }
    const pids = [...log().matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('of another make is ended and started again when the shell that holds it is killed', async () => {
    const { child } = supervise(`console.log('pid', process.pid); ${forever}`, 'pipe');
    await until(() => /pid \d+/.test(log()));
    const pid = Number(/pid (\d+)/.exec(log())?.[1]);
    process.kill(child.pid!, 'SIGKILL');
    await until(() => log().match(/pid \d+/g)?.length === 2);
    await until(() => !isAlive(pid));
  });
});

describe('a supervisor that is killed', () => {
  it.each(['channel', 'pipe'] as const)('leaves no child behind that it held by a %s', async (tether) => {
    // Such a child ends by itself when its channel does; see runService.
    const program = `process.on('disconnect', () => process.exit()); require('fs').writeFileSync(
      ${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); ${forever}`;
    const parent = startParent(program, tether);
    const pid = () => Number(content('pid'));
    await until(() => pid() > 0);
    expect(isAlive(pid())).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await until(() => !isAlive(pid()));
  });

  /** A process that holds a child in the way that SupervisedChild does, on the module that the build makes. */
  function startParent(program: string, tether: ChildSpec['tether']): ChildProcess {
    const module = join(__dirname, '../../dist/local/child.js');
    const spec: Omit<ChildSpec, 'env'> = {
      name: 'test',
      command: process.execPath,
      args: ['-e', program],
      logFile: join(folder, 'log'),
      tether,
    };
    const file = join(folder, 'parent.js');
    writeFileSync(
      file,
      `const { SupervisedChild } = require(${JSON.stringify(module)});
       new SupervisedChild({ ...${JSON.stringify(spec)}, env: () => ({}) }).start(); setInterval(() => {}, 1000);`,
    );
    return spawn(process.execPath, [file], { stdio: 'inherit' });
  }
});
