import { isDeepStrictEqual } from 'node:util';
import type { Bus, States } from '@nse/messaging';
import { tablesBucket } from '@nse/service';
import { NseError, parseLatencyTable, type Violation } from '@nse/space';
import { z } from 'zod';

/** A table as it was imported or built: what `parseLatencyTable` checks, with any further keys. */
const content = z.looseObject({ unit: z.string() });

export type TableContent = z.infer<typeof content>;

const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Latency tables by name. A name keeps its content for good, as searches refer to it. */
export class Tables {
  constructor(private readonly states: States<TableContent>) {}

  /**
   * Raises INVALID_ARGUMENT that names every wrong place, of the name too, ALREADY_EXISTS where the name has another content.
   */
  async import(name: string, value: unknown): Promise<TableContent> {
    checkImport(name, value);
    const table = content.parse(value);
    try {
      await this.states.create(name, table);
    } catch (error) {
      if (!(error instanceof NseError && error.code === 'ALREADY_EXISTS')) throw error;
      const existing = await this.get(name);
      if (isDeepStrictEqual(existing, table)) return existing;
      throw new NseError('ALREADY_EXISTS', `table "${name}" exists with another content`, { field: 'name' });
    }
    return table;
  }

  /** Raises NOT_FOUND, INVALID_ARGUMENT for what can be no table's name; `field` is where the caller gave it. */
  async get(name: string, field = 'name'): Promise<TableContent> {
    const wrong = wrongName(name, field);
    if (wrong.length > 0) throw NseError.invalid(wrong);
    const entry = await this.states.get(name);
    if (entry === undefined) {
      throw new NseError('NOT_FOUND', `there is no latency table "${name}"`, { field });
    }
    return entry.value;
  }

  async has(name: string): Promise<boolean> {
    return (await this.states.get(name)) !== undefined;
  }

  async names(): Promise<string[]> {
    return (await this.states.keys()).sort();
  }
}

/** A failed call's details travel in headers, which are limited: of more wrong places the rest is counted. */
const MOST_NAMED = 100;

/** Raises INVALID_ARGUMENT that names every wrong place of name and content. */
function checkImport(name: string, value: unknown): void {
  const violations = [...wrongName(name, 'name'), ...wrongContent(value)];
  if (violations.length === 0) return;
  const named = violations.slice(0, MOST_NAMED);
  const rest = violations.length - named.length;
  const more = { field: 'table', description: `${rest} more places are wrong` };
  throw NseError.invalid(rest > 0 ? [...named, more] : named);
}

function wrongContent(value: unknown): readonly Violation[] {
  try {
    parseLatencyTable(value);
    return [];
  } catch (error) {
    if (error instanceof NseError && error.code === 'INVALID_ARGUMENT') return error.violations;
    throw error;
  }
}

/** What is wrong with the name of a table, if anything. */
export function wrongName(name: string, field: string): readonly Violation[] {
  if (NAME.test(name)) return [];
  const rule = 'lower-case letters, digits and inner hyphens, at most 40 characters';
  return [{ field, description: `"${name}" cannot name a table: ${rule}` }];
}

export async function openTables(bus: Bus): Promise<Tables> {
  return new Tables(await bus.states(tablesBucket, (value) => content.parse(value)));
}
