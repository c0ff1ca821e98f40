import { specJsonSchema } from '@nse/spec';
import { Document } from 'yaml';
import { group, kind, plural, version } from './resource.js';
import { statusSchema } from './status-schema.js';
import { type Rule, structural, type StructuralSchema } from './structural-schema.js';

const idPattern = '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$';

const header = `# The Search resource. Made from the schema of the search spec by: npm run reference -w services/search-controller
`;

/** The text of k8s/base/search-crd.yaml. */
export function crdText(): string {
  // Aliases would be sound YAML, but some programs that read manifests know none.
  const document = new Document(definition(), { aliasDuplicateObjects: false });
  return header + document.toString({ lineWidth: 0, singleQuote: true });
}

/** The CustomResourceDefinition. */
export function definition() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        plural,
        singular: 'search',
        listKind: 'SearchList',
        shortNames: ['nsesearch'],
        categories: ['nse'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: schema() },
        },
      ],
    },
  };
}

const columns = [
  { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
  { name: 'Round', type: 'integer', jsonPath: '.status.round' },
  { name: 'Rounds', type: 'integer', jsonPath: '.status.rounds' },
  { name: 'Accuracy', type: 'number', jsonPath: '.status.bestAccuracy' },
  { name: 'Stage', type: 'string', jsonPath: '.status.stage', priority: 1 },
  { name: 'MACs', type: 'integer', jsonPath: '.status.chosen.macs', priority: 1 },
  { name: 'Test accuracy', type: 'number', jsonPath: '.status.chosen.testAccuracy', priority: 1 },
  {
    name: 'Progress',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Progressing")].reason',
    priority: 1,
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

function schema(): StructuralSchema {
  return {
    type: 'object',
    description: 'A neural architecture search.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 253 } } },
      spec: specSchema(),
      status: statusSchema,
    },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name.matches('${idPattern}')`,
        message:
          'metadata.name is the id of the search: lower-case letters, digits and inner hyphens, at most 40',
      },
    ],
  };
}

function specSchema(): StructuralSchema {
  return {
    type: 'object',
    description: 'What to search. All but `suspend` stays as it was created.',
    properties: {
      preset: {
        type: 'string',
        description: 'The name of a spec that comes with NSE, to start from. Either it or `search`.',
        minLength: 1,
        maxLength: 63,
      },
      overrides: {
        ...structural(specJsonSchema(), 'partial'),
        description: 'Fields that replace those of the preset, also within objects.',
      },
      search: wholeSearch(),
      suspend: {
        type: 'boolean',
        description: 'Whether the search is to be halted. It goes on where it was once this is false.',
        default: false,
      },
    },
    'x-kubernetes-validations': [
      { rule: 'has(self.preset) != has(self.search)', message: 'give exactly one of preset and search' },
      {
        rule: '!has(self.overrides) || has(self.preset)',
        message: 'overrides are of a preset: beside search there is nothing to override',
        fieldPath: '.overrides',
      },
      ...(['preset', 'overrides', 'search'] as const).map(immutable),
    ],
  };
}

/** The whole search spec, which here may leave its name to that of the object. */
function wholeSearch(): StructuralSchema {
  const { required = [], ...whole } = structural(specJsonSchema(), 'whole');
  const needed = required.filter((field) => field !== 'name');
  const description = 'The whole search spec, as in docs/spec.md; `name` is that of the object unless given.';
  return { ...whole, required: needed, description };
}

/** A rule of the field by itself would not see it come or go. */
const immutable = (field: string): Rule => ({
  rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  message: `${field} cannot be changed: delete the Search and create it anew`,
  reason: 'FieldValueForbidden',
});
