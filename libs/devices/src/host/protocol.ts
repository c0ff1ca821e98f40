/** What the process that holds the runtime is asked, one at a time, and what it answers. */
export type Request =
  | {
      readonly kind: 'load';
      readonly models: readonly Uint8Array[];
      /** A model of next to no work: what its runs take is what a run costs besides the inference. */
      readonly trivial: Uint8Array;
      /** What all inputs are filled with, over and over. */
      readonly noise: Float32Array;
      readonly threads: number;
      readonly pinned: readonly number[];
      /** Of each model. */
      readonly warmupMs: number;
    }
  | { readonly kind: 'block'; readonly models: readonly number[]; readonly forMs: number }
  | { readonly kind: 'pace'; readonly forMs: number };

export type Reply =
  | { readonly kind: 'loaded'; readonly overhead: readonly Run[] }
  /** The runs of each model of the block. */
  | { readonly kind: 'runs'; readonly runs: readonly (readonly Run[])[] }
  /** The quickest mark, and the median of all. */
  | { readonly kind: 'pace'; readonly quickestMs: number; readonly medianMs: number }
  /** The runtime refused a model, given by its place. */
  | { readonly kind: 'refused'; readonly model: number; readonly message: string };

/** One inference. */
export interface Run {
  readonly ms: number;
  /** How long the mark took right before and right after, on average: a fixed piece of arithmetic, so it tells the clock. */
  readonly markMs: number;
  /** No other program was given a core that it ran on. */
  readonly alone: boolean;
  /** The clock was the same before and after. */
  readonly steady: boolean;
}

/** What an error of the runtime says. */
export const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).trim();
