/** Per cell, the pool indices of the operations that are on, ascending. Also called a path. */
export type Architecture = readonly (readonly number[])[];

/** Per cell, a set of pool indices: a subset of the supernet, or an optimized space. */
export type CellSets = readonly (readonly number[])[];
