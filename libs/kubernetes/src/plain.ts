/** The client's model classes as plain data, which is what an API server reads and writes. */
export type Plain<T> = T extends Date ? T : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
