import { z } from 'zod';
import { specSchema } from './schema.js';

/** What the reference needs of a JSON Schema node; the meaning's fields are our own keywords. */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly { readonly const?: string | number }[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly unit?: string;
  readonly source?: string;
  readonly defaultText?: string;
}

/** The spec as a user writes it, as JSON Schema (draft 2020-12): for editors and other tools. */
export function specJsonSchema(): SchemaNode {
  return z.toJSONSchema(specSchema, { io: 'input' }) as SchemaNode;
}
