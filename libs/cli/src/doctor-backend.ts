import { execFile } from 'node:child_process';
import path from 'node:path';

/** TensorFlow as a worker gets it, or why it does not load. */
export type Backend =
  | {
      readonly kind: 'loaded';
      /** TensorFlow's version, as the library itself says. */
      readonly version: string;
      readonly device: 'cpu' | 'gpu';
      /** Threads of one operation, unless a spec asks for another number. */
      readonly threads: number;
      /** From the start of the load to the first product. */
      readonly loadMs: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

const TIMEOUT_MS = 120_000;

/** The end of what the process printed that says why it failed. */
const REASON_LINES = 5;

/**
 * Runs in a process of its own, so that the command itself never loads TensorFlow and outlives a crash of it. Two 64x64
 * matrices of ones: every element of their product is 64.
 */
const PROBE = `
const begin = performance.now();
require('node:util').isNullOrUndefined ??= (value) => value == null;
const tf = require('@tensorflow/tfjs-node-gpu');
const product = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync();
if (!product.every((value) => value === 64)) throw new Error('a matrix product came out wrong');
const backend = tf.backend();
if (tf.getBackend() !== 'tensorflow') throw new Error('tfjs took the backend ' + tf.getBackend());
console.log(JSON.stringify({
  kind: 'loaded',
  version: backend.binding.TF_Version,
  device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
  threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || require('node:os').availableParallelism(),
  loadMs: performance.now() - begin,
}));
`;

/**
 * @param root the checkout, whose node_modules has the binding
 * @returns never fails: a process that does not start or crashes is a `failed` backend
 */
export function probeBackend(root: string): Promise<Backend> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', PROBE],
      { cwd: root, env, timeout: TIMEOUT_MS },
      (error, stdout, stderr) => {
        const answer = stdout.trim().split('\n').at(-1) ?? '';
        resolve(error === null ? parse(answer) : { kind: 'failed', reason: reasonFrom(error, stderr, root) });
      },
    );
  });
}

function parse(answer: string): Backend {
  return JSON.parse(answer) as Backend;
}

/** The error's own line where Node printed one; else how the process ended, and the last that it said. */
function reasonFrom(error: Error & { signal?: unknown }, stderr: string, root: string): string {
  const lines = stderr.trim().split('\n');
  const thrown = lines.find((line) => /^(\w*Error|Error)\b.*: /.test(line));
  if (thrown !== undefined) return thrown.replaceAll(`${root}${path.sep}`, '');
  const end = typeof error.signal === 'string' ? `ended by ${error.signal}` : 'ended with an error';
  return [`the process that loads it ${end}`, ...lines.slice(-REASON_LINES)].join('\n');
}
