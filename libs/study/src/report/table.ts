/** A table, for Markdown and for the page alike. */
export interface Table {
  readonly title: string;
  /** What a reader must know of its figures. */
  readonly note: string;
  readonly columns: readonly string[];
  /** All but the first columns, `texts` of them, hold numbers. */
  readonly texts: number;
  readonly rows: readonly (readonly string[])[];
}
