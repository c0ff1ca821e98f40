import { NseError } from '@nse/space';
import { parseText } from '@nse/spec';

type Fields = Readonly<Record<string, unknown>>;

/** One `field=value` of a command line: the path, and the value that its YAML holds. */
interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * A spec as written, with fields set anew by `field=value`, the later ones last: dotted paths, YAML values. What is not there
 * yet is made. Raises INVALID_ARGUMENT for what is no `field=value`, and for a path through something that has no fields.
 */
export function withFields(spec: unknown, settings: readonly string[]): unknown {
  return settings.map(settingOf).reduce(withField, spec);
}

function settingOf(text: string): Setting {
  const at = text.indexOf('=');
  const path = text.slice(0, Math.max(0, at)).trim().split('.');
  if (path.some((name) => name === '')) {
    throw new NseError('INVALID_ARGUMENT', `got "${text}"; needs field=value, such as seed=2`, {
      field: '--set',
    });
  }
  return { path, value: parseText(text.slice(at + 1)) };
}

function withField(spec: unknown, { path, value }: Setting): unknown {
  return setAt(spec, path, value, []);
}

function setAt(within: unknown, path: readonly string[], value: unknown, above: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const fields = fieldsOf(within, above);
  const old = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return { ...fields, [name]: setAt(old, rest, value, [...above, name]) };
}

function fieldsOf(value: unknown, path: readonly string[]): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  const what = Array.isArray(value) ? 'a list: set it as a whole' : JSON.stringify(value);
  throw new NseError('INVALID_ARGUMENT', `has no fields, it is ${what}`, { field: path.join('.') });
}
