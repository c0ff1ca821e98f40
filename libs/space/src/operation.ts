/** Activation after every inner layer of an operation. Supernets use ReLU; retraining may choose Swish. */
export type Activation = 'relu' | 'swish';

interface OperationOptions {
  /** Squeeze-excitation (reduction 4) before the last 1x1 convolution. Default false. */
  readonly squeezeExcitation?: boolean;
  /** Default 'relu'. */
  readonly activation?: Activation;
}

/**
 * One candidate block of a cell; `layersOf` spells it out. `kernel` is k of the k x k (or 1 x k and k x 1)
 * convolutions, `expansion` is t: they have t times the cell's input channels. `dilation` is that of the
 * depthwise convolution.
 */
export type Operation =
  | ({
      readonly kind: 'MBConv';
      readonly kernel: number;
      readonly expansion: number;
      readonly dilation: number;
      /** Groups of the first and of the last 1x1 convolution. */
      readonly groups: readonly [number, number];
    } & OperationOptions)
  | ({
      readonly kind: 'Rectangular' | 'Conv' | 'DualConv';
      readonly kernel: number;
      readonly expansion: number;
    } & OperationOptions);

/** Every operation that a cell may ever use; the index is part of architecture codes. */
export interface Pool {
  readonly name: string;
  readonly operations: readonly Operation[];
}
