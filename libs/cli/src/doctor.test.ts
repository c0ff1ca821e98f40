import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backendFinding, doctor, type DoctorReport } from './doctor.js';
import { probeBackend } from './doctor-backend.js';
import { folderBytes, freeBytes } from './doctor-disk.js';
import { formatDoctor } from './doctor-format.js';

describe('doctor', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'nse-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('loads TensorFlow in a process of its own and tells the versions', async () => {
    const report = await doctor({ env: process.env });
    expect(report.backend).toMatchObject({
      kind: 'loaded',
      device: expect.stringMatching(/cpu|gpu/) as string,
    });
    expect(report.packages['@tensorflow/tfjs-node-gpu']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(report.findings.find(({ name }) => name === 'Node.js')!.detail).toContain(process.versions.node);
    expect(Object.keys(require.cache).filter((file) => file.includes('tfjs'))).toEqual([]);
  });

  it('finds fault with a nats-server that does not run', async () => {
    const report = await doctor({ env: { ...process.env, NSE_NATS_SERVER: path.join(folder, 'none') } });
    expect(report.ok).toBe(false);
    expect(report.findings.find(({ name }) => name === 'nats-server')).toMatchObject({ state: 'missing' });
    expect(formatDoctor(report)).toMatch(/^MISSING nats-server .*none does not run/m);
  });

  it('says why TensorFlow does not load', async () => {
    expect(await probeBackend(folder)).toEqual({
      kind: 'failed',
      reason: "Error: Cannot find module '@tensorflow/tfjs-node-gpu'",
    });
  });

  it('says how a process ended that crashed while it loaded TensorFlow', async () => {
    const module = path.join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
    await mkdir(module, { recursive: true });
    await writeFile(
      path.join(module, 'index.js'),
      "console.error('illegal instruction'); process.kill(process.pid, 'SIGILL');",
    );
    const backend = await probeBackend(folder);
    expect(backend).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/ended by SIGILL[^]*illegal instruction/) as string,
    });
  });

  it('finds fault with TensorFlow on the CPU where there is a GPU', () => {
    const on = (device: 'cpu' | 'gpu') =>
      ({ kind: 'loaded', version: '2.21.0', device, threads: 2, loadMs: 900 }) as const;
    expect(backendFinding(on('cpu'), true)).toMatchObject({
      state: 'missing',
      detail: expect.stringMatching(/on the CPU.*though there is a GPU$/) as string,
    });
    expect(backendFinding(on('gpu'), true).state).toBe('found');
    expect(backendFinding(on('cpu'), false).state).toBe('found');
  });

  it('measures a folder, and the disk of one that is not there yet', async () => {
    await mkdir(path.join(folder, 'a/b'), { recursive: true });
    await writeFile(path.join(folder, 'a/b/c'), 'four');
    expect(await folderBytes(folder)).toBe(4);
    expect(await folderBytes(path.join(folder, 'none'))).toBe(0);
    expect(await freeBytes(path.join(folder, 'none/there'))).toBeGreaterThan(0);
  });

  it('writes a line for each finding, then the machine and the verdict', () => {
    const report: DoctorReport = {
      ok: true,
      findings: [
        { name: 'Node.js', state: 'found', detail: '22.0.0' },
        { name: 'make', state: 'absent', detail: 'make does not run', advice: 'Nothing needs it.' },
      ],
      backend: { kind: 'failed', reason: '' },
      packages: {},
      machine: { cores: 2, memory: 24e9, memoryFree: 20e9 },
      cache: { folder: '/cache', size: 1e9, diskFree: 50e9 },
    };
    expect(formatDoctor(report).split('\n')).toEqual([
      'ok      Node.js  22.0.0',
      '-       make     make does not run',
      '                 Nothing needs it.',
      'ok      cores    2',
      'ok      memory   24.0 GB, 20.0 GB free',
      'ok      cache    1.0 GB in /cache',
      'ok      disk     50.0 GB free there',
      '',
      'Everything is there that nse needs.',
    ]);
  });
});
