import { availableParallelism, freemem, totalmem } from 'node:os';
import path from 'node:path';
import { type Backend, probeBackend } from './doctor-backend.js';
import { folderBytes, freeBytes } from './doctor-disk.js';
import type { Finding } from './doctor-finding.js';
import { packageVersions, programFindings } from './doctor-versions.js';

/** Everything that `nse doctor` found; its JSON is for programs. Sizes in bytes. */
export interface DoctorReport {
  /** Whether everything is there that nse needs. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly backend: Backend;
  /** Versions of the npm packages that everything else stands on, by name. */
  readonly packages: Readonly<Record<string, string>>;
  readonly machine: { readonly cores: number; readonly memory: number; readonly memoryFree: number };
  readonly cache: { readonly folder: string; readonly size: number; readonly diskFree: number };
}

export interface DoctorOptions {
  /** The environment that the launcher made: NSE_CACHE and NSE_NATS_SERVER are read. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/** The checkout: this file is in libs/cli/src or libs/cli/dist. */
const ROOT = path.resolve(__dirname, '../../..');

/**
 * Looks at everything that a search needs: programs, packages, TensorFlow (loaded in a process of its own), room. Changes
 * nothing and fails only by reporting.
 */
export async function doctor({ env }: DoctorOptions): Promise<DoctorReport> {
  const folder = env['NSE_CACHE'] ?? path.join(ROOT, '.nse');
  const [backend, programs, packages, size, diskFree] = await Promise.all([
    probeBackend(ROOT),
    programFindings(env),
    packageVersions(ROOT),
    folderBytes(folder),
    freeBytes(folder),
  ]);
  const gpu = env['NSE_TENSORFLOW'] !== 'cpu' && programs.some(isGpu);
  const findings = [...programs, packagesFinding(packages), backendFinding(backend, gpu)];
  return {
    ok: findings.every((finding) => finding.state !== 'missing'),
    findings,
    backend,
    packages,
    machine: { cores: availableParallelism(), memory: totalmem(), memoryFree: freemem() },
    cache: { folder, size, diskFree },
  };
}

function packagesFinding(packages: DoctorReport['packages']): Finding {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  if (versions.length > 0) return { name: 'npm packages', state: 'found', detail: versions.join(', ') };
  return {
    name: 'npm packages',
    state: 'missing',
    detail: 'none in node_modules',
    advice: 'Start the command with ./nse: it installs them.',
  };
}

const isGpu = ({ name, state }: Finding) => name === 'NVIDIA GPU' && state === 'found';

/** @param gpu whether there is one that TensorFlow should compute on */
export function backendFinding(backend: Backend, gpu: boolean): Finding {
  if (backend.kind === 'failed') {
    return {
      name: 'TensorFlow',
      state: 'missing',
      detail: backend.reason,
      advice: 'Remove its folder from the cache and start ./nse again: it is then set up anew.',
    };
  }
  const { version, device, threads, loadMs } = backend;
  const where = device === 'gpu' ? 'on the GPU' : `on the CPU, ${threads} threads`;
  const detail = `${version} ${where}; loaded and multiplied in ${(loadMs / 1000).toFixed(2)} s`;
  if (!gpu || device === 'gpu') return { name: 'TensorFlow', state: 'found', detail };
  return {
    name: 'TensorFlow',
    state: 'missing',
    detail: `${detail}, though there is a GPU`,
    advice:
      'With TF_CPP_MIN_LOG_LEVEL=0 it says which library of CUDA it lacks. NSE_TENSORFLOW=cpu leaves the GPU alone.',
  };
}
