import { readFileSync } from 'node:fs';

/** Resident memory of one process over a run. */
export interface MemoryUse {
  readonly process: string;
  readonly samples: number;
  /** Medians of the first, middle and last third of the run, in MiB. */
  readonly thirdsMiB: readonly [number, number, number];
  /** Last third over middle third: 1 is flat. The first holds the warm-up. */
  readonly growth: number;
}

const EVERY_MS = 500;

/** Reads the resident memory of processes (Linux) at even intervals, until it is stopped. */
export class MemoryWatch {
  private readonly samples = new Map<string, number[]>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: () => ReadonlyMap<string, number>) {
    this.timer = setInterval(() => this.sample(), EVERY_MS);
  }

  stop(): MemoryUse[] {
    clearInterval(this.timer);
    this.sample();
    return [...this.samples].map(([process, taken]) => memoryUse(process, taken));
  }

  private sample(): void {
    for (const [name, pid] of this.pids()) {
      const resident = residentMiB(pid);
      if (resident === undefined) continue;
      const taken = this.samples.get(name);
      if (taken === undefined) this.samples.set(name, [resident]);
      else taken.push(resident);
    }
  }
}

/** The medians of the thirds of a series of samples in MiB. */
export function memoryUse(process: string, taken: readonly number[]): MemoryUse {
  const third = (number: number) => {
    const from = Math.floor((number * taken.length) / 3);
    const to = Math.max(from + 1, Math.floor(((number + 1) * taken.length) / 3));
    return median(taken.slice(from, to));
  };
  const thirdsMiB = [third(0), third(1), third(2)] as const;
  return { process, samples: taken.length, thirdsMiB, growth: thirdsMiB[2] / thirdsMiB[1] };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function residentMiB(pid: number): number | undefined {
  try {
    const kiB = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kiB === undefined ? undefined : Number(kiB) / 1_024;
  } catch {
    // It has ended: there is nothing more to sample.
    return undefined;
  }
}
