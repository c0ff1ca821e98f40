import type { Subject } from './subject.js';

/** A line of a log, and whose it is. */
export interface LogLine {
  readonly at: Date;
  /** A pod or a service. */
  readonly source: string;
  readonly text: string;
}

export interface LogRequest {
  readonly subject: Subject;
  /** Whether to go on with new lines until the signal aborts. */
  readonly follow: boolean;
  readonly since?: Date;
  /** The last lines of each source only. */
  readonly tail?: number;
  readonly signal: AbortSignal;
}

/** The lines of all sources by their time. A source's own lines stay in their order, whatever time they tell. */
export function merged(sources: readonly (readonly LogLine[])[]): LogLine[] {
  const timed = sources.flatMap((lines) => {
    let latest = -Infinity;
    return lines.map((line) => ({ line, at: (latest = Math.max(latest, line.at.getTime())) }));
  });
  return timed.sort((one, other) => one.at - other.at).map(({ line }) => line);
}

/** The lines of a text that comes in pieces; the last one also without an end. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
