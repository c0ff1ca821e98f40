import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nse } from './testing/command.js';
import { Served } from './testing/served.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-program-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const main = join(__dirname, '../dist/main.js');

describe('the nse command', () => {
  it('tells its version, and help for every command, with code 0', async () => {
    expect(await nse(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
    const { code, stdout } = await nse(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit codes:\n +0 +done\n[^]*\n +130 /);
    expect((await nse(['help', 'front'])).stdout).toBe((await nse(['front', '--help'])).stdout);
  });

  it.each([[['bogus']], [['front']], [['front', 'a', '--round', '-1']], [['search', 'get', 'a', '--bogus']]])(
    'ends with 2 for wrong use: %j',
    async (args) => {
      const plain = await nse(args);
      expect(plain).toMatchObject({ code: 2, stdout: '' });
      expect(plain.stderr).toMatch(/^error: [^]*--help/);
      const { code, stdout, stderr } = await nse([...args, '--json']);
      expect([code, stdout]).toEqual([2, '']);
      expect(JSON.parse(stderr)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    },
  );

  it('ends with 4 where no system runs, or none answers, and says what to do', async () => {
    const none = await nse(['front', 'a', '--endpoints', join(folder, 'none.json')]);
    expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining('./nse up') as string });
    const stale = await Served.start({});
    const file = join(folder, 'endpoints.json');
    writeFileSync(file, JSON.stringify(stale.endpoints));
    await stale.stop();
    const gone = await nse(['search', 'list', '--json'], { env: { NSE_ENDPOINTS: file } });
    expect(gone.code).toBe(4);
    expect(JSON.parse(gone.stderr)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(file) as string,
    });
    writeFileSync(file, '{}');
    expect((await nse(['search', 'list'], { env: { NSE_ENDPOINTS: file } })).code).toBe(2);
  });

  it('goes by --endpoints before the environment', async () => {
    const served = await Served.start({ spaceManager: { listSearches: () => Promise.resolve({}) } });
    const env = { NSE_ENDPOINTS: join(folder, 'none.json') };
    expect((await nse(['search', 'list', '--endpoints', served.endpointsFile], { env })).code).toBe(0);
    expect((await nse(['search', 'list'], { env })).code).toBe(4);
    await served.stop();
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, [main, 'pools', 'mac72', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Closed before the first byte: the write fails.
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said]).toEqual([0, '']);
  });
});
