import type { Stage } from '@nse/messaging';

/** What a process of the run tells the one that started it. */
export type HostMessage =
  | { readonly kind: 'ready'; readonly address: string }
  /** A `bus.publish` that took so long. */
  | { readonly kind: 'published'; readonly ms: number }
  /** Work of a stage begins. `at` is the machine's clock, in ms since 1970, as are the times in events. */
  | {
      readonly kind: 'started';
      readonly search: string;
      readonly stage: Stage;
      readonly round: number;
      readonly at: number;
    };

/** What the process with the subscribers is asked for, and answers. */
export interface Expected {
  /** Ids of the events that every subscriber must have got. */
  readonly ids: readonly string[];
}

export type SubscribersMessage =
  { readonly kind: 'ready' } | ({ readonly kind: 'received' } & ReceivedCounts);

export interface ReceivedCounts {
  readonly subscribers: number;
  /** Subscribers that got each event exactly once. */
  readonly exact: number;
  /** Events that did not come, over all subscribers. */
  readonly missing: number;
  /** Events that came again, or that nobody knows, over all subscribers. */
  readonly surplus: number;
}

/** Tells the parent, where there is one. */
export function tell(message: HostMessage | SubscribersMessage): void {
  process.send?.(message);
}
