import { readFile } from 'node:fs/promises';

/**
 * The most memory that this process has held, tensors and libraries included, in bytes: `VmHWM` of /proc. Undefined where the system
 * does not tell. What `getrusage` says would count what the parent held when it started us.
 */
export async function peakMemory(): Promise<number | undefined> {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    // No Linux. A figure that is missing fails no task.
    return undefined;
  }
}
