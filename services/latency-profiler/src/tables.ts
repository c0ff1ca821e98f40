import { isDeepStrictEqual } from 'node:util';
import { type Bus, searchId, type States } from '@nse/messaging';
import { tablesBucket } from '@nse/service';
import { NseError, parseLatencyTable } from '@nse/space';
import { z } from 'zod';

/** A table as it was imported: what `parseLatencyTable` checks, with any further keys. */
const content = z.looseObject({ unit: z.string(), rows: z.array(z.unknown()) });

export type TableContent = z.infer<typeof content>;

/** Latency tables by name. A name keeps its content for good, as searches refer to it. */
export class Tables {
  constructor(private readonly states: States<TableContent>) {}

  /**
   * Raises INVALID_ARGUMENT that names every wrong place, ALREADY_EXISTS where the name has another content.
   */
  async import(name: string, value: unknown): Promise<TableContent> {
    searchId(name, 'name');
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

  /** Raises NOT_FOUND. */
  async get(name: string): Promise<TableContent> {
    const entry = name === '' ? undefined : await this.states.get(name);
    if (entry === undefined) {
      throw new NseError('NOT_FOUND', `there is no latency table "${name}"`, { field: 'name' });
    }
    return entry.value;
  }

  async names(): Promise<string[]> {
    return (await this.states.keys()).sort();
  }
}

export async function openTables(bus: Bus): Promise<Tables> {
  return new Tables(await bus.states(tablesBucket, (value) => content.parse(value)));
}
