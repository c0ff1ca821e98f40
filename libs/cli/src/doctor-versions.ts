import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from './doctor-finding.js';

/** Packages whose version decides how nse behaves. */
const PACKAGES = [
  '@tensorflow/tfjs-node-gpu',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'nats',
  '@kubernetes/client-node',
  'nx',
  'jest',
  'typescript',
];

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly needed: boolean;
  readonly advice: string;
}

/** What the set-up uses is not needed any more once everything is there. */
function programs(env: Readonly<NodeJS.ProcessEnv>): Program[] {
  const forSetUp = { needed: false, args: ['--version'] };
  return [
    {
      name: 'nats-server',
      command: env['NSE_NATS_SERVER'] ?? 'nats-server',
      args: ['--version'],
      needed: true,
      advice: 'Start the command with ./nse: it sets one up. Or put nats-server 2.10 or newer on PATH.',
    },
    {
      ...forSetUp,
      name: 'npm',
      command: 'npm',
      advice: 'Needed for the set-up alone: it comes with Node.js.',
    },
    { ...forSetUp, name: 'Python', command: 'python3', advice: 'Needed for the set-up alone: python3.' },
    {
      ...forSetUp,
      name: 'pip',
      command: 'python3',
      args: ['-m', 'pip', '--version'],
      advice: 'Needed for the set-up alone: python3-pip.',
    },
    { ...forSetUp, name: 'C++', command: env['CXX'] ?? 'c++', advice: 'Needed for the set-up alone: g++.' },
    { ...forSetUp, name: 'make', command: 'make', advice: 'Nothing of nse needs it now.' },
    {
      name: 'NVIDIA GPU',
      command: 'nvidia-smi',
      args: ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'],
      needed: false,
      advice: 'Searches run on the CPU.',
    },
  ];
}

/** Asks Node.js and every program that nse uses for its version. */
export async function programFindings(env: Readonly<NodeJS.ProcessEnv>): Promise<Finding[]> {
  const node: Finding = {
    name: 'Node.js',
    state: 'found',
    detail: `${process.versions.node} (${process.execPath})`,
  };
  return [node, ...(await Promise.all(programs(env).map((program) => ask(program, env))))];
}

function ask(
  { name, command, args, needed, advice }: Program,
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<Finding> {
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout: 20_000 }, (error, stdout) => {
      const said = stdout.trim().split('\n')[0] ?? '';
      if (error === null)
        resolve({ name, state: 'found', detail: path.isAbsolute(command) ? `${said} (${command})` : said });
      else resolve({ name, state: needed ? 'missing' : 'absent', detail: `${command} does not run`, advice });
    });
  });
}

/** Versions of the installed packages among those that matter, by name; those not installed are left out. */
export async function packageVersions(root: string): Promise<Record<string, string>> {
  const found = await Promise.all(
    PACKAGES.map(async (name) => [name, await installedVersion(root, name)] as const),
  );
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

async function installedVersion(root: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(root, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    // Not installed: the report says so by leaving it out.
    return undefined;
  }
}
