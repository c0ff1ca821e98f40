import type { Architecture } from './architecture.js';
import { NseError } from './error.js';
import type { MacroNetwork } from './network.js';
import type { Pool } from './operation.js';

/**
 * Canonical text of an architecture: cells by `.`, operations ascending by `,`, an empty cell `-`:
 * `0.6.3.-.11,17`.
 */
export function encodeArchitecture(architecture: Architecture): string {
  return architecture.map((cell) => (cell.length === 0 ? '-' : ascending(cell).join(','))).join('.');
}

/**
 * Reads an architecture, as `encodeArchitecture` writes it or as published, `[0] [6] [] [11,17]`. Operations
 * of a cell may come in any order. Throws INVALID_ARGUMENT with one violation a wrong cell.
 */
export function decodeArchitecture(code: string, network: MacroNetwork, pool: Pool): Architecture {
  const cells = splitCells(code);
  if (cells.length !== network.cells.length) {
    throw invalid(`has ${cells.length} cells, the network has ${network.cells.length}`);
  }
  const violations = network.cells.flatMap((cell) => {
    const description = wrongCell(cells[cell.index] ?? '', cell.identity, pool);
    return description === undefined ? [] : [{ field: `code.cells[${cell.index}]`, description }];
  });
  if (violations.length > 0) throw NseError.invalid(violations);
  return cells.map((cell) => ascending(indices(cell)));
}

function splitCells(code: string): string[] {
  const text = code.trim();
  if (!text.startsWith('[')) return text.split('.').map((cell) => (cell === '-' ? '' : cell || '?'));
  if (!/^(\[[^[\]]*\]\s*)+$/.test(text)) throw invalid('is neither like 0.6.- nor like [0] [6] []');
  return Array.from(text.matchAll(/\[([^[\]]*)\]/g), ([, cell = '']) => cell.replaceAll(/\s/g, ''));
}

function wrongCell(text: string, identity: boolean, pool: Pool): string | undefined {
  if (text === '') return identity ? undefined : 'may not be empty: it changes channels or size';
  if (!/^\d{1,6}(,\d{1,6})*$/.test(text)) return 'is not a list of operation numbers';
  const operations = indices(text);
  const unknown = operations.find((operation) => operation >= pool.operations.length);
  if (unknown !== undefined) return `pool ${pool.name} has no operation ${unknown}`;
  return new Set(operations).size === operations.length ? undefined : 'names an operation twice';
}

const indices = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));

const ascending = (cell: readonly number[]): number[] => [...cell].sort((a, b) => a - b);

const invalid = (description: string): NseError => NseError.invalid([{ field: 'code', description }]);
