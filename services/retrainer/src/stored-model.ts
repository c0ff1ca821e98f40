import type { Model, ModelFacts } from '@nse/export';
import type { Bus, RetrainedModel } from '@nse/messaging';
import { readSafetensors } from '@nse/safetensors';
import { decodeArchitecture, NseError, type Pool } from '@nse/space';
import { canonicalOperation, operationSchema, poolChoiceOf, poolOf, retrainedPool } from '@nse/spec';
import { z } from 'zod';
import { RANGES } from './finished-weights.js';
import { version } from './version.js';

const size = z.int().positive();
const cell = z.object({
  index: z.int().nonnegative(),
  kind: z.enum(['N', 'E', 'R']),
  inChannels: size,
  outChannels: size,
  stride: z.union([z.literal(1), z.literal(2)]),
  sizeIn: size,
  sizeOut: size,
  identity: z.boolean(),
});

/** What is needed of architecture.json. Models of before there were exports lack the normalisation. */
const description = z.object({
  code: z.string(),
  pool: z.enum(['mac27', 'mac72', 'gpu19']),
  onlyOperations: z.array(z.int().nonnegative()).optional(),
  addOperations: z.array(operationSchema.transform(canonicalOperation)).optional(),
  network: z.object({
    imageSize: size,
    imageChannels: size,
    classes: size,
    stem: z.object({ channels: size, stride: z.union([z.literal(1), z.literal(2)]), sizeOut: size }),
    cells: z.array(cell),
    tailChannels: size,
  }),
  options: z.object({ squeezeExcitation: z.boolean(), activation: z.enum(['relu', 'swish']) }),
  macs: z.number(),
  params: z.number(),
  dataset: z.object({
    classes: z.array(z.string()),
    normalisation: z
      .object({
        mean: z.array(z.number()),
        deviation: z.array(z.number()),
        centreShare: z.number().optional(),
      })
      .optional(),
  }),
  testAccuracy: z.number(),
});

/** A trained model of the search as it is stored, to be written in any format. Raises INTERNAL where its files cannot be read. */
export async function storedModel(
  bus: Bus,
  search: string,
  { architecture, weights }: RetrainedModel,
): Promise<Model> {
  const [text, weightsFile] = await Promise.all([
    bus.artifacts.get(architecture),
    bus.artifacts.get(weights),
  ]);
  const found = readDescription(text);
  const { tensors, metadata } = readWeights(weightsFile);
  const pool = poolOf(poolChoiceOf(found));
  const { activation } = found.options;
  const ranges = metadata[RANGES];
  return {
    input: {
      network: found.network,
      pool: retrainedPool(pool, found.options),
      architecture: decodeArchitecture(found.code, found.network, pool),
      activation,
    },
    facts: { search, ...factsOf(found, pool) },
    weights: tensors,
    description: text,
    weightsFile,
    ...(ranges === undefined ? {} : { ranges }),
  };
}

function factsOf(found: z.infer<typeof description>, pool: Pool): ModelFacts {
  const { code, options, macs, params, dataset, testAccuracy } = found;
  const { normalisation } = dataset;
  return {
    code,
    pool: pool.name,
    ...options,
    macs,
    params,
    labels: dataset.classes,
    ...(normalisation === undefined ? {} : { normalisation: withoutUndefined(normalisation) }),
    testAccuracy,
    version: version(),
  };
}

function withoutUndefined({
  centreShare,
  ...rest
}: NonNullable<z.infer<typeof description>['dataset']['normalisation']>) {
  return centreShare === undefined ? rest : { ...rest, centreShare };
}

function readDescription(text: Uint8Array): z.infer<typeof description> {
  try {
    return description.parse(JSON.parse(Buffer.from(text).toString('utf8')));
  } catch (cause) {
    throw new NseError('INTERNAL', 'the stored architecture.json cannot be read', { cause });
  }
}

function readWeights(file: Uint8Array): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(file);
  } catch (cause) {
    throw new NseError('INTERNAL', 'the stored model.safetensors cannot be read', { cause });
  }
}
