import type { ModelFacts, NetworkInput } from '@nse/export';
import { encodeArchitecture, macsCost, parameters } from '@nse/space';

/** What is known of a network that was trained, with labels that want quoting. */
export const factsOf = ({ network, pool, architecture, activation = 'relu' }: NetworkInput): ModelFacts => ({
  code: encodeArchitecture(architecture),
  pool: pool.name,
  activation,
  squeezeExcitation: pool.operations.some((operation) => operation.squeezeExcitation),
  macs: macsCost(network, pool).total(architecture),
  params: parameters(network, pool, architecture),
  labels: Array.from({ length: network.classes }, (_, index) => `"${index}", a 'class' \\ of \u2603`),
  normalisation: { mean: [0.2862], deviation: [0.353], centreShare: 0.875 },
  testAccuracy: 0.9125,
  version: '0.1.0',
});
