import { NseError } from '@nse/space';
import type * as Tf from '@tensorflow/tfjs-node-gpu';
import util from 'node:util';

/** One attribute of a kernel, as the native binding takes it. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** What is used of tfjs-node's backend, whose own types leave much open. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<
      `TF_ATTR_${'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE'}` | 'TF_FLOAT' | 'TF_INT32',
      number
    >
  > & { readonly TF_Version: string; getNumOfTensors(): number };
  executeSingleOutput(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Tf.Tensor[],
  ): Tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Tf.Tensor[],
    outputs: number,
  ): Tf.Tensor[];
}

export interface Backend {
  /** The whole of tfjs, for what is not hot. */
  readonly tf: typeof Tf;
  readonly native: NativeBackend;
  readonly device: 'cpu' | 'gpu';
  /** Whether kernels are oneDNN's, which can do more than TensorFlow's own, and are fast at other things. */
  readonly oneDnn: boolean;
  /** Threads of one kernel; the result's last bits follow from it. 0: TensorFlow took one per core. */
  readonly threads: number;
  readonly tensorFlowVersion: string;
}

export interface BackendOptions {
  /** Threads of one kernel. Default: TF_NUM_INTRAOP_THREADS, else one per core. */
  readonly threads?: number;
}

let loading: Promise<Backend> | undefined;
let loaded: Backend | undefined;

/**
 * Loads native TensorFlow, once a process; later calls return the same backend, whatever they ask for.
 * Throws FAILED_PRECONDITION when the native binding is missing or was built for something else.
 */
export function loadBackend(options: BackendOptions = {}): Promise<Backend> {
  loading ??= load(options);
  return loading;
}

/**
 * Loads it for a worker that is to have so many GPUs. Where there are some and TensorFlow computes on the CPU all the same, it says so: the
 * work is done, but may take a hundred times as long.
 */
export async function loadBackendFor(gpus: number, warn: (text: string) => void): Promise<Backend> {
  const found = await loadBackend();
  if (gpus > 0 && found.device === 'cpu')
    warn(
      `asked for ${gpus} GPU, but TensorFlow computes on the CPU; with TF_CPP_MIN_LOG_LEVEL=0 it says why`,
    );
  return found;
}

/** The backend that `loadBackend` has loaded. Throws FAILED_PRECONDITION before that. */
export function backend(): Backend {
  if (loaded === undefined) {
    throw new NseError('FAILED_PRECONDITION', 'TensorFlow is not loaded: await loadBackend() first');
  }
  return loaded;
}

async function load({ threads }: BackendOptions): Promise<Backend> {
  setEnvironment(threads);
  restoreIsNullOrUndefined();
  try {
    const tf = await import('@tensorflow/tfjs-node-gpu');
    const native = tf.backend() as unknown as NativeBackend;
    loaded = {
      tf,
      native,
      device: native.isUsingGpuDevice ? 'gpu' : 'cpu',
      // It is in TensorFlow's builds for x86 on Linux, and serves the CPU only.
      oneDnn:
        !native.isUsingGpuDevice && process.arch === 'x64' && process.env['TF_ENABLE_ONEDNN_OPTS'] !== '0',
      threads: Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? 0),
      tensorFlowVersion: native.binding.TF_Version,
    };
    return loaded;
  } catch (cause) {
    loading = undefined;
    // tfjs goes on for lines, with advice that does not fit this set-up.
    const [reason] = String(cause instanceof Error ? cause.message : cause).split('\n');
    const message = `native TensorFlow does not load; \`./nse doctor\` tells what is missing: ${reason ?? ''}`;
    throw new NseError('FAILED_PRECONDITION', message, { cause });
  }
}

/** TensorFlow reads these once, when its library is loaded. */
function setEnvironment(threads: number | undefined): void {
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  // Eager kernels run one after the other: threads between them would only stand by.
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Else a process takes all of a GPU, and the next on it, such as the second of two retrainings on one machine, finds none left.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Off by default on older processors; grouped and dilated convolutions need it on any CPU.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
}

/** tfjs-node calls it; newer Node has dropped it. */
function restoreIsNullOrUndefined(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
