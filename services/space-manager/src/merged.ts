/** The items of all sources as they come; ends, and ends the others, when one source ends or fails. */
export async function* merged<T>(...sources: AsyncGenerator<T, void>[]): AsyncGenerator<T, void> {
  const next = (source: AsyncGenerator<T, void>) => source.next().then((result) => ({ source, result }));
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  try {
    for (;;) {
      const { source, result } = await Promise.race(waiting.values());
      if (result.done === true) return;
      waiting.set(source, next(source));
      yield result.value;
    }
  } finally {
    // A source that is being read cannot be returned from; its signal ends it.
    for (const pending of waiting.values()) pending.catch(() => undefined);
  }
}
