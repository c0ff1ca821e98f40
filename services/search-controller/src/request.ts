import { type messages, toStruct } from '@nse/rpc';
import type { NseError } from '@nse/space';
import { ownerOf, type SearchResource } from './resource.js';

/** The call that creates the object's search. Its id is the object's name, and so is the spec's name unless it says another. */
export function requestOf(resource: SearchResource): messages.CreateSearchRequest {
  const { metadata, spec } = resource;
  const { name } = metadata;
  const request = { search: name, owner: ownerOf(resource) };
  return spec.preset === undefined
    ? { ...request, spec: toStruct({ name, ...spec.search }) }
    : { ...request, preset: spec.preset, overrides: toStruct({ name, ...spec.overrides }) };
}

/** What the service refused, with each field by its place in the object. */
export function refusalOf(error: NseError, { spec }: Pick<SearchResource, 'spec'>): string {
  if (error.violations.length === 0) return error.message;
  const base = spec.preset === undefined ? 'spec.search' : 'spec.overrides';
  return error.violations
    .map(({ field, description }) => `${placeOf(field, base)}: ${description}`)
    .join('; ');
}

function placeOf(field: string, base: string): string {
  if (field === 'search') return 'metadata.name';
  if (field === 'preset') return 'spec.preset';
  return field === '' ? base : `${base}.${field}`;
}
