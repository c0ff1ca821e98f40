import type { Activation } from '@nse/space';
import { relu, reluGradient, share, swish, swishGradient, type Tensor } from '@nse/tensor';

/** The activation of z, which is consumed. */
export function activate(z: Tensor, activation: Activation | 'none'): Tensor {
  if (activation === 'none') return z;
  const out = activation === 'relu' ? relu(z) : swish(z);
  z.dispose();
  return out;
}

/** As `activate`, with what the gradient needs, which the caller owns too: the output for ReLU, the input for Swish. */
export function trainActivation(
  z: Tensor,
  activation: Activation | 'none',
): { readonly out: Tensor; readonly kept: Tensor | undefined } {
  if (activation === 'swish') return { out: swish(z), kept: z };
  const out = activate(z, activation);
  return { out, kept: activation === 'none' ? undefined : share(out) };
}

/** The gradient of what was activated; `dOut` itself where there is no activation. */
export function activationGradient(
  activation: Activation | 'none',
  dOut: Tensor,
  kept: Tensor | undefined,
): Tensor {
  if (activation === 'none' || kept === undefined) return dOut;
  return activation === 'relu' ? reluGradient(dOut, kept) : swishGradient(dOut, kept);
}
