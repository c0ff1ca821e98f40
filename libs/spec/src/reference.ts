import { Document, isSeq, visit } from 'yaml';
import { type SchemaNode, specJsonSchema } from './json-schema.js';
import { type PresetName, presets } from './presets.js';

const introduction = `# The search spec

One YAML or JSON file says what a search does. Unknown fields are refused, and every wrong field is named at once.
Sources in brackets are sections of [the algorithm](algorithm.md). This page is made from the schema in
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
  a latency budget this is checked when the table is at hand.
- The methods darts, proxylessnas, spos, one-shot and shrink are known but not available in this version.
`;

const presetsText: Readonly<Record<PresetName, string>> = {
  'fashion-mnist': 'a small network on Fashion-MNIST, minutes on two CPU cores.',
  'fashion-mnist-quick': 'the same with fewer rounds and steps: shows every stage, finds little.',
  cifar10: 'a larger network on CIFAR-10, hours on two CPU cores.',
  'imagenet-330m':
    'the published search with 27 operations; set `dataset.path` to the images. Retraining and the number of scored images are not published and ours.',
};

/** The text of docs/spec.md: every field with type, default, unit, meaning and source. */
export function specReference(): string {
  const presetLines = Object.entries(presetsText).map(([name, text]) => `- \`${name}\`: ${text}`);
  return [
    introduction,
    `\`\`\`yaml\n${presetYaml('fashion-mnist')}\`\`\`\n`,
    ...sections('', specJsonSchema()),
    checksText,
    `## Presets\n\n${presetLines.join('\n')}\n`,
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
  const objects = fields.filter(([, field]) => field.properties !== undefined);
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
