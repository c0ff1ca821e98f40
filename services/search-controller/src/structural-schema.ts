import type { specJsonSchema } from '@nse/spec';

type JsonSchema = ReturnType<typeof specJsonSchema> & { readonly minLength?: number };

/** A schema as a CustomResourceDefinition may hold it ("structural"), as far as it is used here. */
export interface StructuralSchema {
  readonly type: string;
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

/** A rule in CEL, with what is said where it does not hold. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
  readonly reason?: string;
}

/**
 * The API server prices rules by the longest text and list that there may be, so that there must be bounds where JSON Schema
 * has none. No plan needs as many numbers.
 */
const maxItems = 32;
const maxLength = 4096;

/** `whole`: as it is. `partial`: nothing is needed and nothing filled in, as of fields that replace others. */
export type Form = 'whole' | 'partial';

/**
 * A JSON Schema without what a structural schema cannot say: bounds are written in another way, `const` alternatives become an
 * `enum`, and that no other fields are allowed goes without saying. Whatever is lost the service says itself.
 */
export function structural(node: JsonSchema, form: Form): StructuralSchema {
  const { properties, required = [], items } = node;
  const fields = Object.entries(properties ?? {});
  return {
    ...typeOf(node),
    description: meaningOf(node),
    ...(form === 'whole' && node.default !== undefined ? { default: node.default } : {}),
    ...boundsOf(node),
    ...(items === undefined ? {} : { items: structural(items, form), ...itemsOf(node) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(fields.map(([name, field]) => [name, structural(field, form)])) }),
    ...(form === 'whole' && required.length > 0 ? { required } : {}),
  };
}

function typeOf({ type, anyOf }: JsonSchema): Pick<StructuralSchema, 'type' | 'enum'> {
  if (anyOf === undefined) return { type: type ?? 'object' };
  const values = anyOf.flatMap((option) => option.const ?? []);
  const kinds = new Set(values.map((value) => (Number.isInteger(value) ? 'integer' : typeof value)));
  const [only] = kinds;
  if (only === undefined || kinds.size > 1 || values.length < anyOf.length) {
    throw new Error(`no structural schema for ${JSON.stringify(anyOf)}`);
  }
  return { type: only, enum: values };
}

function itemsOf({ minItems, maxItems: most = maxItems }: JsonSchema): Partial<StructuralSchema> {
  return { ...(minItems === undefined ? {} : { minItems }), maxItems: most };
}

function boundsOf(node: JsonSchema): Partial<StructuralSchema> {
  const { exclusiveMinimum, exclusiveMaximum, pattern, minLength } = node;
  const minimum = exclusiveMinimum ?? node.minimum;
  const upper = exclusiveMaximum ?? node.maximum;
  // Of every whole number: says nothing.
  const maximum = upper === Number.MAX_SAFE_INTEGER ? undefined : upper;
  return {
    ...(node.enum === undefined ? {} : { enum: node.enum }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(exclusiveMinimum === undefined ? {} : { exclusiveMinimum: true }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(exclusiveMaximum === undefined ? {} : { exclusiveMaximum: true }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(node.type === 'string' && node.enum === undefined ? { maxLength } : {}),
  };
}

/** What `kubectl explain` tells. */
function meaningOf({ description = '', unit, defaultText }: JsonSchema): string {
  const counted = unit === undefined ? '' : ` In ${unit}.`;
  return `${description}${counted}${defaultText === undefined ? '' : ` Default: ${defaultText}.`}`;
}
