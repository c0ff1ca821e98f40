import {
  type Activation,
  type Cell,
  type CellDescription,
  describeArchitecture,
  type Layer,
  stemLayer,
  tailLayer,
} from '@nse/space';
import { describeFacts, type ModelFacts } from './metadata.js';
import type { NetworkInput } from './network-graph.js';
import { FUNCTIONS, IMPORTS, MODULES } from './pytorch-modules.js';

/**
 * model.py: a PyTorch module for exactly this architecture, which loads the model.safetensors beside it. It needs torch and
 * safetensors alone; its parts have the names of the file's tensors. Throws INVALID_ARGUMENT for a wrong number of cells,
 * NOT_FOUND for an operation that the pool lacks.
 */
export function pytorchModule(input: NetworkInput, facts: ModelFacts): string {
  const parts = [
    docstring(input, facts),
    IMPORTS,
    constants(input, facts),
    MODULES,
    networkClass(input, facts),
  ];
  return [...parts, FUNCTIONS].join('\n\n');
}

function docstring({ network }: NetworkInput, facts: ModelFacts): string {
  const shape = `(batch, ${network.imageChannels}, ${network.imageSize}, ${network.imageSize})`;
  const sentence = describeFacts(facts);
  return `"""${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.

Made by nse ${facts.version} for exactly this architecture. model.safetensors belongs beside it.

    from model import load
    network = load()           # in evaluation mode
    logits = network(images)   # ${shape}, normalised

    python model.py image.png  # needs Pillow too; prints the likeliest labels
"""
`;
}

function constants({ network }: NetworkInput, { labels, normalisation }: ModelFacts): string {
  const { imageChannels: channels, imageSize, classes } = network;
  const { mean, deviation, centreShare } = normalisation ?? {
    mean: Array<number>(channels).fill(0),
    deviation: Array<number>(channels).fill(1),
  };
  const known = normalisation === undefined ? ' Not known: the network has seen no images.' : '';
  return `LABELS = ${labels === undefined ? `[f"class {index}" for index in range(${classes})]` : list(labels)}
CHANNELS = ${channels}
SIZE = ${imageSize}
# Of pixels scaled to 0..1, per channel.${known}
MEAN = ${list(mean)}
DEVIATION = ${list(deviation)}
# The part of an image's shorter side that the network looks at, in the middle; None for the whole image.
CENTRE_SHARE = ${centreShare ?? 'None'}
`;
}

function networkClass({ network, pool, architecture }: NetworkInput, { activation }: ModelFacts): string {
  const tail = tailLayer(network);
  const ends = [tail.inChannels, tail.outChannels, network.classes].join(', ');
  const { cells } = describeArchitecture(network, pool, architecture);
  return `class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ${layerCall({ ...stemLayer(network), activation })}
        self.cells = nn.Sequential(
${indented(
  cells.flatMap((cell) => cellLines(cell, activation)),
  12,
)}
        )
        self.tail = Tail(${ends}, activation=${functionOf(activation)})

    def forward(self, images):
        return self.tail(self.cells(self.stem(images)))
`;
}

function cellLines({ cell, branches }: CellDescription, common: Activation): string[] {
  const comment = `# ${cell.index}: ${cellText(cell)}`;
  const end = `identity=${cell.identity ? 'True' : 'False'}),`;
  if (branches.length === 0) return [comment, `Cell({}, ${end}`];
  const operations = branches.flatMap(({ operation, name, layers }) => [
    `    # ${name}`,
    `    "${operation}": operation(`,
    ...layers.flatMap((layer) => layerLines(layer, common)).map((line) => `        ${line}`),
    '    ),',
  ]);
  return [comment, 'Cell({', ...operations, `}, ${end}`];
}

/** A layer and the squeeze-excitation after it, where it has one, which then has the operation's activation. */
function layerLines(layer: Layer, common: Activation): string[] {
  const line = `${layer.name}=${layerCall(layer)},`;
  if (layer.squeeze === undefined) return [line];
  const inner = layer.activation === 'none' ? common : layer.activation;
  const sizes = `${layer.outChannels}, ${layer.squeeze}`;
  return [line, `se=SqueezeExcitation(${sizes}, activation=${functionOf(inner)}),`];
}

function layerCall(layer: Layer): string {
  const { inChannels, outChannels, kernel, stride, padding, dilation, groups, activation } = layer;
  const geometry = [
    ...(isPlain(kernel, 1) ? [] : [sizes(kernel)]),
    ...(isPlain(stride, 1) ? [] : [`stride=${sizes(stride)}`]),
    ...(isPlain(padding, 0) ? [] : [`padding=${sizes(padding)}`]),
    ...(dilation === 1 ? [] : [`dilation=${dilation}`]),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    `activation=${functionOf(activation)}`,
  ];
  return `Layer(${inChannels}, ${outChannels}, ${geometry.join(', ')})`;
}

const functionOf = (activation: Layer['activation']) =>
  ({ relu: 'relu', swish: 'silu', none: 'None' })[activation];

const cellText = ({ kind, inChannels, outChannels, sizeIn, sizeOut }: Cell) =>
  `${kind}, ${inChannels} to ${outChannels} channels, ${sizeIn} to ${sizeOut} pixels`;

const isPlain = ([height, width]: Layer['kernel'], value: number) => height === value && width === value;

const sizes = ([height, width]: Layer['kernel']) =>
  height === width ? String(height) : `(${height}, ${width})`;

/** JSON's lists of numbers and texts are Python's, too. */
const list = (values: readonly (string | number)[]) =>
  `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

const indented = (lines: readonly string[], by: number) =>
  lines.map((line) => `${' '.repeat(by)}${line}`).join('\n');
