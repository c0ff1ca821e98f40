import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import type { Claim } from './claim.js';
import { TakenAway, Unwanted } from './guard.js';
import { jobText } from './job.js';

/** A failure that may pass is borne so often in a row, with no progress between. */
const MAX_FAILURES = 5;
/** A device that went away breaks off its work first; that it is gone is told a moment later. */
const TOLD_WITHIN_MS = 3_000;

/** Why a device's work stops: it went away, or another process has it. */
export class DeviceLost extends NseError {
  constructor(message: string) {
    super('UNAVAILABLE', message);
  }
}

export interface Settling {
  readonly log: Logger;
  /** The first pause after a failure that may pass, in ms, doubled each time. */
  readonly pauseMs: number;
}

/**
 * Leaves a job that was not done to its end: for later where its device is lost, this process stops or the failure may pass; else
 * for good. `signal` is that of the device's work.
 */
export async function settle(
  claim: Claim,
  error: unknown,
  { log, pauseMs }: Settling,
  signal: AbortSignal,
): Promise<void> {
  const job = jobText(claim.job.request);
  log.warn({ err: error, job }, 'not done');
  if (error instanceof TakenAway) return;
  if (error instanceof Unwanted) {
    await claim.change({ state: 'cancelled', reason: error.message });
    return;
  }
  const { message, code } = NseError.from(error);
  if (code === 'UNAVAILABLE') await delay(TOLD_WITHIN_MS, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) {
    const why: unknown = signal.reason;
    await claim.change({ state: 'waiting', reason: why instanceof DeviceLost ? why.message : '' });
    return;
  }
  const failures = claim.hasAdvanced ? 1 : claim.job.failures + 1;
  if (!NseError.mayPass(error) || failures >= MAX_FAILURES) {
    await claim.change({ state: 'failed', reason: message, failures });
    return;
  }
  const notBefore = new Date(Date.now() + pauseMs * 2 ** (failures - 1)).toISOString();
  const reason = `is tried again after a failure: ${message}`;
  await claim.change({ state: 'waiting', reason, failures, notBefore });
}
