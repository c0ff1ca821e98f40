/** Marks may take this share longer than usual. Of calm times their medians differ by a tenth, and the calm and others by a third and more. */
const SLOWER = 0.2;

/** For so much measuring, in ms, what was usual stays so: after it, a host that is slower for good counts as calm again. */
const REMEMBERED_MS = 60_000;

/**
 * Tells whether a host is calm from medians of marks over some milliseconds. In a virtual machine others compute on the other thread of
 * our core for seconds, and slow us down without taking the core. A large network then takes 1.3 times as long, a small one 1.7
 * times, a mark 1.5 times: no scaling brings these together, so such times are waited out. Usual is the quickest lately.
 */
export class UsualPace {
  private readonly seen: { readonly markMs: number; readonly forMs: number }[] = [];
  private totalMs = 0;

  /** Marks had this median over so many ms of measuring or waiting. */
  saw(markMs: number, forMs: number): void {
    if (!Number.isFinite(markMs)) return;
    this.seen.push({ markMs, forMs });
    this.totalMs += forMs;
    while (this.seen.length > 1 && this.totalMs > REMEMBERED_MS)
      this.totalMs -= this.seen.shift()?.forMs ?? 0;
  }

  /** Whether a median of marks is one of a calm host. The first ever is. */
  isCalm(markMs: number): boolean {
    return markMs <= (1 + SLOWER) * Math.min(...this.seen.map((each) => each.markMs));
  }
}
