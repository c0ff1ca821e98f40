import { NseError } from '@nse/space';
import { type Backend, loadBackend } from '@nse/tensor';

/** Loads TensorFlow. Throws FAILED_PRECONDITION where it computes on another device than asked for. */
export async function loadBackendOn(device: string): Promise<Backend> {
  const backend = await loadBackend();
  if (backend.device === device) return backend;
  throw new NseError(
    'FAILED_PRECONDITION',
    `TensorFlow computes on the ${backend.device}, not on the ${device}`,
  );
}
