import { readFileSync } from 'node:fs';
import { availableParallelism, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@nse/report';
import { z } from 'zod';

/** What the machine is, for the report. */
export function hostFacts(): Omit<Report['host'], 'threads'> {
  return {
    platform: `${platform()} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    backend: 'tensorflow',
  };
}

const packageJson = z.object({ version: z.string() });

/** The version in a package.json. */
export function versionOf(file: string): string {
  return packageJson.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

/** Versions that a result depends on. `root` is the repository's. */
export function versions(root: string): Record<string, string> {
  const of = (path: string) => versionOf(join(root, path));
  return {
    nse: of('package.json'),
    node: process.versions.node,
    tfjs: of('node_modules/@tensorflow/tfjs-node-gpu/package.json'),
  };
}
