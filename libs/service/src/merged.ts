/** The items of all sources as they come; ends when one source ends, and raises where one fails. */
export async function* merged<T>(...sources: AsyncGenerator<T, void>[]): AsyncGenerator<T, void> {
  const next = (source: AsyncGenerator<T, void>) => {
    const pending = source.next().then((result) => ({ source, result }));
    // While the reader is busy with an item nobody waits for the others: their failure must not count as unhandled.
    pending.catch(() => undefined);
    return pending;
  };
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  for (;;) {
    const { source, result } = await Promise.race(waiting.values());
    if (result.done === true) return;
    waiting.set(source, next(source));
    yield result.value;
  }
}
