export type CellKind = 'N' | 'E' | 'R';

/** One position in the macro network. Sizes are in pixels (square maps). */
export interface Cell {
  readonly index: number;
  readonly kind: CellKind;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
  readonly sizeIn: number;
  readonly sizeOut: number;
  /** Same channels and stride 1: the input is one more branch, and the cell may be empty. */
  readonly identity: boolean;
}

/** What a spec says of the macro network; `macroNetwork` resolves it. */
export interface NetworkSpec {
  readonly plan: 'NER' | 'NR';
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  readonly scale: number;
  readonly stemStride: 1 | 2;
  readonly imageSize: number;
  readonly imageChannels: number;
  readonly classes: number;
  readonly tailChannels: number;
}

/** A resolved macro network: stem, cells, tail. */
export interface MacroNetwork {
  readonly imageSize: number;
  readonly imageChannels: number;
  readonly classes: number;
  readonly stem: { readonly channels: number; readonly stride: 1 | 2; readonly sizeOut: number };
  readonly cells: readonly Cell[];
  readonly tailChannels: number;
}
