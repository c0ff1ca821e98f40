import { type Activation, type MacroNetwork, stemLayer, tailLayer } from '@nse/space';

import type { ScaledValue } from './cell-nodes.js';
import { withoutNorm } from './fold.js';
import type { ValueName } from './graph.js';
import { addActivated, addNormedLayer, type Drawing, kindOf, weightShape } from './operation-nodes.js';

/** Images that a network takes. */
export const IMAGES = 'images';
/** What a network gives: (classes, 1, 1), before the softmax. */
export const LOGITS = 'logits';

/** Its output has that scale after ReLU, which lets any through, and 1 after Swish. */
export function addStem(
  drawing: Drawing,
  network: MacroNetwork,
  activation: Activation,
  input: ValueName,
  free = 1,
): ScaledValue {
  const scale = activation === 'relu' ? free : 1;
  const layer = { ...stemLayer(network), activation };
  return { value: addNormedLayer(drawing, 'stem', layer, input, { out: scale }), scale };
}

/** Convolution, activation, average over the map, classifier. The convolution takes the scale out. */
export function addTail(
  drawing: Drawing,
  network: MacroNetwork,
  activation: Activation,
  { value, scale }: ScaledValue,
): ValueName {
  const { builder, weights } = drawing;
  const layer = tailLayer(network);
  const { outChannels } = layer;
  const weight = weights('tail.conv.weight', weightShape(layer), kindOf(activation));
  const numbers = withoutNorm(weight, outChannels, { in: scale });
  const map = addActivated(builder, 'tail.conv', layer, value, numbers, activation);
  const average = builder.globalAveragePool('tail.average', map);
  const linear = {
    weight: weights('tail.linear.weight', [network.classes, outChannels], 'plain'),
    bias: weights('tail.linear.bias', [network.classes], 'bias'),
  };
  return builder.linear('tail.linear', average, linear, LOGITS);
}
