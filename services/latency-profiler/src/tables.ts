import { isDeepStrictEqual } from 'node:util';
import type { Bus, States } from '@nse/messaging';
import { tablesBucket } from '@nse/service';
import { NseError, parseLatencyTable } from '@nse/space';
import { z } from 'zod';

/** A table as it was imported: what `parseLatencyTable` checks, with any further keys. */
const content = z.looseObject({ unit: z.string(), rows: z.array(z.unknown()) });

export type TableContent = z.infer<typeof content>;

const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Latency tables by name. A name keeps its content for good, as searches refer to it. */
export class Tables {
  constructor(private readonly states: States<TableContent>) {}

  /**
   * Raises INVALID_ARGUMENT that names every wrong place, ALREADY_EXISTS where the name has another content.
   */
  async import(name: string, value: unknown): Promise<TableContent> {
    checkName(name);
    parseLatencyTable(value);
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

  /** Raises NOT_FOUND, INVALID_ARGUMENT for what can be no table's name. */
  async get(name: string): Promise<TableContent> {
    checkName(name);
    const entry = await this.states.get(name);
    if (entry === undefined) {
      throw new NseError('NOT_FOUND', `there is no latency table "${name}"`, { field: 'name' });
    }
    return entry.value;
  }

  async names(): Promise<string[]> {
    return (await this.states.keys()).sort();
  }
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  const rule = 'lower-case letters, digits and inner hyphens, at most 40 characters';
  throw new NseError('INVALID_ARGUMENT', `"${name}" cannot name a table: ${rule}`, { field: 'name' });
}

export async function openTables(bus: Bus): Promise<Tables> {
  return new Tables(await bus.states(tablesBucket, (value) => content.parse(value)));
}
