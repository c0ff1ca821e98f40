/** Counts the calls that are being handled, and tells when there is none. */
export class InFlight {
  private count = 0;
  private waiting: (() => void)[] = [];

  /** Begins a call; the result ends it. */
  enter(): () => void {
    this.count++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.count--;
      if (this.count === 0) for (const resolve of this.waiting.splice(0)) resolve();
    };
  }

  async idle(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
