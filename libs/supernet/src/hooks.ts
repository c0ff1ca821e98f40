/** Images (count, height, width, channels), normalised, and their class numbers. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly count: number;
}

/** Batches by step: any step can be asked for, and the same step always gives the same batch. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  at(step: number): Promise<Batch>;
}

/** How far a run is. Loss and accuracy are of the latest reading, which is not made at every step. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

/** What a worker gives to a long run: where to go on, where to save, whom to tell, when to stop. */
export interface Hooks {
  /** The bytes last given to `checkpoint`, if the run was begun before. */
  readonly resume?: Uint8Array;
  checkpoint(bytes: Uint8Array, step: number): Promise<void>;
  progress(progress: Progress): void;
  readonly signal: AbortSignal;
}

/** One point of a training curve. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}
