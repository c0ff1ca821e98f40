import { Document, isSeq, visit } from 'yaml';
import { type SchemaNode, specJsonSchema } from './json-schema.js';
import { type PresetName, presets } from './presets.js';

const introduction = `# The search spec

One YAML or JSON file says what a search does. Unknown fields are refused, and every wrong field is named at once.
Sources in brackets are sections of [the algorithm](algorithm.md), and after the word methods of
[the methods](methods.md). This page is made from the schema in
\`libs/spec/src\` by \`npm run reference -w libs/spec\`.

Costs are plain numbers: six million multiply-accumulates are \`6.0e6\`. A spec needs \`name\`, \`dataset\`, \`network\`
with \`plan\`, \`depths\` and \`widths\`, and \`constraint\`; all else has a default. The preset \`fashion-mnist\`:
`;

const checksText = `## What is checked between fields

- \`depths\` and \`widths\` have as many numbers as the plan needs.
- \`subsetSize\` is at most the size of the pool.
- Image size, channels and classes of the network are those of the data set.
- \`train\` and \`heldOut\` fit into the data set; batches, calibration and scored images fit into their split.
- \`final\` is at most \`peak\`, and the warm-up is no longer than the training.
- \`drift\` is less than the target, and the band holds a cost that some architecture of the network can have. For
  a latency budget this is checked when the search is created, or, where the table of \`device\` is still to come, at the
  stage \`prepare\`. MACs beside a latency budget are checked from above only.
- \`rounds\` is 0 with \`continueFrom\` only. When the search is created: the old one is over, with a round complete, and
  the two fit, see \`continueFrom\`.
- \`scaleWidth\` has no latency budget beside it, and some width comes down to \`scaleTo\`.
- \`continueFrom\` has a method that tries the pool round by round, \`nse\` or \`nse-single\`.
`;

const presetsText: Readonly<Record<PresetName, string>> = {
  'fashion-mnist': 'a small network on Fashion-MNIST, minutes on two CPU cores.',
  'fashion-mnist-quick': 'the same with fewer rounds and steps: shows every stage, finds little.',
  cifar10: 'a larger network on CIFAR-10, hours on two CPU cores.',
  'imagenet-330m':
    'the published search with 27 operations, 22 cells, 300 million multiply-accumulates, 6 rounds of 100 epochs. What it finds is to be scaled to 330 million.',
  'imagenet-330m-72':
    'goes on from it with 72 operations, 3 rounds, as published. Create the first one under the id `imagenet-330m`, or name its id by `continueFrom`; images as there.',
  'imagenet-gpu-66ms':
    'the published search under latency: 19 operations, 21 cells, 66 ms by a table named `nse-gpu`, in which times are those of a GPU for a batch of 128 images. `./nse table import nse-gpu FILE` comes first: without the table the search is refused.',
};

const publishedText = `The three for ImageNet take a folder of images in its layout: set \`dataset.path\`. Each is for one worker with a GPU; the
published searches ran on many at once. Nobody has run them here. Published nowhere, so ours, are in these three:

- the drift of 10 million multiply-accumulates,
- that the band of the latency search lies around 66 ms (published: the regulariser aims at 66 ms, the band at 72 ms),
- all of \`retrain\`, such as its 250 epochs,
- \`threads\`, \`gpus\`, \`workers\` and \`checkpointSteps\`, and which 50,000 training images are held out.

All else in them is in the published configurations or code of the paper's authors. In the other presets the method's
constants are published (K 5, momentum, beta, the pruning threshold, a fitness step every second step), sizes and
lengths are ours.
`;

/** The text of docs/spec.md: every field with type, default, unit, meaning and source. */
export function specReference(): string {
  const presetLines = Object.entries(presetsText).map(([name, text]) => `- \`${name}\`: ${text}`);
  return [
    introduction,
    `\`\`\`yaml\n${presetYaml('fashion-mnist')}\`\`\`\n`,
    ...sections('', specJsonSchema()),
    checksText,
    `## Presets\n\nSpecs that come with NSE: \`./nse search create --preset NAME\`.\n\n${presetLines.join('\n')}\n`,
    publishedText,
  ].join('\n');
}

function presetYaml(name: PresetName): string {
  const document = new Document(presets[name]);
  visit(document, (_, node) => {
    if (isSeq(node)) node.flow = true;
  });
  return document.toString({ flowCollectionPadding: false });
}

/** A section for the plain fields of an object, then one for each object within it. */
function sections(path: string, node: SchemaNode): string[] {
  const fields = Object.entries(node.properties ?? {});
  const plain = fields.filter(([, field]) => field.properties === undefined);
  const objects = fields.flatMap(([name, field]): [string, SchemaNode][] => {
    if (field.properties !== undefined) return [[name, field]];
    return field.items?.properties === undefined ? [] : [[`${name}[]`, field.items]];
  });
  const title = path === '' ? 'The search' : `\`${path}\``;
  const lines = plain.map(([name, field]) => fieldLine(name, field, node.required ?? []));
  const intro = node.description === undefined ? [] : [meaning(node), ''];
  const block = lines.length === 0 ? [] : [...lines, ''];
  const own = [`## ${title}`, '', ...intro, ...block].join('\n');
  return [
    own,
    ...objects.flatMap(([name, field]) => sections(path === '' ? name : `${path}.${name}`, field)),
  ];
}

function fieldLine(name: string, field: SchemaNode, required: readonly string[]): string {
  const unit = field.unit === undefined ? '' : `, in ${field.unit}`;
  const needed = required.includes(name) ? 'needed' : `default ${defaultOf(field)}`;
  return `- \`${name}\`: ${typeOf(field)}${unit}; ${needed}. ${meaning(field)}`;
}

function meaning({ description = '', source }: SchemaNode): string {
  return source === undefined ? description : `${description} [${source}]`;
}

function defaultOf(field: SchemaNode): string {
  return field.defaultText ?? `\`${String(field.default)}\``;
}

function typeOf(field: SchemaNode): string {
  if (field.enum) return `one of ${field.enum.map((value) => `\`${value}\``).join(', ')}`;
  if (field.anyOf) return field.anyOf.map((option) => `\`${option.const ?? ''}\``).join(' or ');
  if (field.type === 'array' && field.items?.properties !== undefined) return 'list of objects, see below';
  if (field.type === 'array')
    return `list of ${typeOf(field.items ?? {}).replace('whole number', 'whole numbers')}`;
  if (field.type === 'boolean') return '`true` or `false`';
  if (field.type === 'string') return 'text';
  const kind = field.type === 'integer' ? 'whole number' : 'number';
  return [kind, ...bounds(field)].join(' ');
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: SchemaNode): string[] {
  const lower = exclusiveMinimum === undefined ? minimum : exclusiveMinimum;
  const lowerText =
    lower === undefined ? [] : [exclusiveMinimum === undefined ? `from ${lower}` : `above ${lower}`];
  if (exclusiveMaximum !== undefined) return [...lowerText, `below ${exclusiveMaximum}`];
  const unbounded = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  return unbounded ? lowerText : [...lowerText, `${lower === undefined ? 'up ' : ''}to ${maximum}`];
}
