interface Reading {
  readonly step: number;
  readonly seconds: number;
}

/** How many seconds the rate looks back. */
const WINDOW_SECONDS = 20;

/** Steps per second over the last while, and what is left at that rate. */
export class RateMeter {
  private readings: Reading[] = [];

  /** Steps that go back (a task that began again) start the measurement anew. */
  add(step: number, seconds: number): void {
    const last = this.readings.at(-1);
    if (last !== undefined && step < last.step) this.readings = [];
    this.readings.push({ step, seconds });
    while (this.readings.length > 2 && seconds - (this.readings[0]?.seconds ?? 0) > WINDOW_SECONDS) {
      this.readings.shift();
    }
  }

  /** Nothing before there are two readings with some time between them. */
  rate(steps: number): { rate: number; etaSeconds: number } | Record<string, never> {
    const [first, last] = [this.readings[0], this.readings.at(-1)];
    if (first === undefined || last === undefined || last.seconds <= first.seconds) return {};
    const rate = (last.step - first.step) / (last.seconds - first.seconds);
    return rate > 0 ? { rate, etaSeconds: (steps - last.step) / rate } : {};
  }
}
