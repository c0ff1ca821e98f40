import { NseError } from '@nse/space';

/** What an input may come to: it is read, or refused with a named error. */
export type Outcome = 'read' | 'refused';

/** Reads the input. Raises where the refusal is no named error: a defect of ours. */
export function readOrRefuse(read: () => unknown): Outcome {
  try {
    read();
    return 'read';
  } catch (error) {
    checkNamed(error);
    return 'refused';
  }
}

/** As `readOrRefuse`, for what reads in its own time. */
export async function readOrRefuseLater(read: () => Promise<unknown>): Promise<Outcome> {
  try {
    await read();
    return 'read';
  } catch (error) {
    checkNamed(error);
    return 'refused';
  }
}

/** Raises unless the error is one of ours that tells a caller what is wrong. */
export function checkNamed(error: unknown): asserts error is NseError {
  if (!(error instanceof NseError)) {
    throw new Error(`not an NseError: ${error instanceof Error ? String(error.stack) : String(error)}`);
  }
  if (error.code === 'INTERNAL') throw new Error(`INTERNAL: ${error.message}`, { cause: error });
}

/** Raises unless the error, where it says that an argument is wrong, also says which. */
export function checkField(error: NseError): void {
  if (error.code !== 'INVALID_ARGUMENT') return;
  const unnamed = error.violations.length === 0 || error.violations.some(({ field }) => field === '');
  if (unnamed) throw new Error(`INVALID_ARGUMENT names no field: ${error.message}`, { cause: error });
}
