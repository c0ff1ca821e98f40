import { accessSync, constants, readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DeviceFacts } from '../device.js';

/** What this machine is, as a device. `name` is its own; in a pod it would be the pod's, which changes. */
export function hostFacts(name = hostname()): DeviceFacts {
  const processors = cpus();
  return {
    id: hostId(name),
    kind: 'host',
    model: processors[0]?.model.trim() ?? arch(),
    runtime: `onnxruntime ${runtimeVersion()}`,
    format: 'onnx',
    cores: processors.length,
    properties: {
      architecture: arch(),
      kernel: `${platform()} ${release()}`,
      memoryMiB: String(Math.floor(totalmem() / 2 ** 20)),
      node: process.version,
      pinning: hasProgram('taskset') ? 'taskset' : 'not possible',
    },
  };
}

/** `host-<name>`, the name made of lower-case letters, digits and inner hyphens, or `host` where nothing of it is left. */
export function hostId(name: string): string {
  const label = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `host-${label}`.replace(/-+/g, '-').slice(0, 40).replace(/-$/, '');
}

function runtimeVersion(): string {
  const file = require.resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}
