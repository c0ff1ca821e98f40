/** One thing that was looked for. `missing`: nse needs it and cannot run; `absent`: it can run without. */
export interface Finding {
  readonly name: string;
  readonly state: 'found' | 'missing' | 'absent';
  /** The version and where it is; when it is not there, what was tried. */
  readonly detail: string;
  /** What to do about it, unless it was found. */
  readonly advice?: string;
}
