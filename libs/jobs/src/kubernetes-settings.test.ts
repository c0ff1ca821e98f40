import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NseError } from '@nse/space';
import { kubernetesSettings } from './kubernetes-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-jobs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'jobs.yaml');
  writeFileSync(path, content);
  return path;
}

function fieldsOfFailure(env: NodeJS.ProcessEnv): string[] {
  try {
    kubernetesSettings(env);
  } catch (error) {
    return (error as NseError).violations.map(({ field }) => field).sort();
  }
  return [];
}

describe('the settings of Jobs', () => {
  it('come from a file, and variables win', () => {
    const path = file(`
namespace: nse
image: registry.example/worker:1
nodeSelector: { pool: gpu }
stages:
  evaluate: { memoryMiB: 2048 }
`);
    const settings = kubernetesSettings({
      NSE_JOBS_CONFIG: path,
      NSE_JOBS_IMAGE: 'registry.example/worker:2',
      NSE_JOBS_MEMORY_MIB: '8192',
      NSE_JOBS_TLS_SECRET: '',
    });
    expect(settings).toMatchObject({
      namespace: 'nse',
      image: 'registry.example/worker:2',
      nodeSelector: { pool: 'gpu' },
      memoryMiB: 8192,
      serviceAccount: 'nse-worker',
      stages: { train: {}, evaluate: { memoryMiB: 2048 }, retrain: {} },
    });
    expect(settings.tlsSecret).toBeUndefined();
  });

  it('name every wrong key at once', () => {
    const path = file(`
nodeSelector: gpu
activeDeadlineSeconds: 0
nodeSelektor: { a: b }
tolerations: [{ effect: Never }]
stages: { train: { memoryMiB: lots } }
`);
    expect(
      fieldsOfFailure({
        NSE_JOBS_CONFIG: path,
        NSE_JOBS_NAMESPACE: 'nse',
        NSE_JOBS_IMGE: 'x',
        NSE_JOBS_MEMORY_MIB: 'much',
      }),
    ).toEqual(
      [
        'NSE_JOBS_IMGE',
        'NSE_JOBS_MEMORY_MIB',
        'activeDeadlineSeconds',
        'image',
        'nodeSelektor',
        'nodeSelector',
        'stages.train.memoryMiB',
        'tolerations[0].effect',
      ].sort(),
    );
  });

  it('name the variables that are missing where there is no file', () => {
    expect(fieldsOfFailure({})).toEqual(['NSE_JOBS_IMAGE', 'NSE_JOBS_NAMESPACE']);
  });

  it('do not mind what a Service of such a name puts into pods', () => {
    const env = { NSE_JOBS_NAMESPACE: 'nse', NSE_JOBS_IMAGE: 'x', NSE_JOBS_SERVICE_HOST: '10.0.0.1' };
    expect(kubernetesSettings({ ...env, NSE_JOBS_PORT_80_TCP: 'tcp://10.0.0.1:80' }).image).toBe('x');
  });

  it('say which file is none', () => {
    expect(fieldsOfFailure({ NSE_JOBS_CONFIG: join(folder, 'none.yaml') })).toEqual(['NSE_JOBS_CONFIG']);
    expect(fieldsOfFailure({ NSE_JOBS_CONFIG: file('- a list') })).toEqual(['NSE_JOBS_CONFIG']);
  });
});
