import { messageOf, statusOf } from '@nse/kubernetes';
import type { Logger } from '@nse/telemetry';

/** Answers that may mean that the server or the rights are not set up yet. */
const mayPass: readonly (number | undefined)[] = [401, 403, 404];
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** After so long it is worth telling. */
const longMs = 10_000;

/**
 * How long to put up with an API server that is away, busy or refuses. Being away and busy is waited out for ever, with longer
 * and longer pauses; a refusal that may pass for a while; one that will not, never.
 */
export class Patience {
  private since: number | undefined;
  private refusedSince: number | undefined;
  private tries = 0;
  private last: unknown;

  constructor(
    private readonly refusalMs: number,
    private readonly log: Logger,
  ) {}

  answered(): void {
    this.since = undefined;
    this.refusedSince = undefined;
    this.tries = 0;
  }

  /** Takes an error in; gives the server's words where it refuses for good. */
  bear(error: unknown): string | undefined {
    const now = performance.now();
    const status = statusOf(error);
    this.last = error;
    this.since ??= now;
    this.tries += 1;
    this.refusedSince = mayPass.includes(status) ? (this.refusedSince ?? now) : undefined;
    const lasting =
      status !== undefined && status >= 400 && status < 500 && ![408, 409, 410, 429].includes(status);
    const bearable =
      !lasting || (this.refusedSince !== undefined && now - this.refusedSince < this.refusalMs);
    if (!bearable) return messageOf(error);
    // Somebody else created the Job, or changed it: that is an answer.
    if (status === 409) this.tries = Math.min(this.tries, 1);
    else this.log.warn({ err: error }, `Kubernetes: ${messageOf(error)}; asking again`);
    return undefined;
  }

  /** Whether it has lasted so long that people should know. */
  get isLong(): boolean {
    return this.since !== undefined && performance.now() - this.since > longMs;
  }

  /** What people should know. */
  get said(): string {
    const status = statusOf(this.last);
    const what = status === undefined || status >= 500 ? 'KubernetesAway' : 'KubernetesRefuses';
    return `${what}: ${messageOf(this.last)}`;
  }

  /** How long to wait before the next try; 0 where the last one was answered. */
  get pauseMs(): number {
    if (this.tries === 0) return 0;
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.tries - 1), longestPauseMs);
    // Not all at once, when a server comes back.
    return pauseMs * (0.5 + jitter());
  }
}

const jitter = () => (performance.now() % 100) / 100;
