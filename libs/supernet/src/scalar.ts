import { FLOAT, kernel, matrixProduct, read, reshape, type Tensor } from '@nse/tensor';

/** The sum over all products of two equally shaped tensors, as a (1, 1) tensor that the caller owns. */
export function dot(a: Tensor, b: Tensor): Tensor {
  const row = reshape(a, [1, a.size]);
  const column = reshape(b, [b.size, 1]);
  const product = matrixProduct(row, column);
  row.dispose();
  column.dispose();
  return product;
}

/** Reads tensors of one number each at once: every reading waits for the device and copies. */
export function readScalars(scalars: readonly Tensor[]): number[] {
  if (scalars.length === 0) return [];
  const flat = scalars.map((scalar) => reshape(scalar, [1]));
  const all = kernel('Pack', { T: FLOAT, N: { int: flat.length }, axis: { int: 0 } }, flat);
  const values = [...read(all)];
  for (const tensor of [...flat, all]) tensor.dispose();
  return values;
}
