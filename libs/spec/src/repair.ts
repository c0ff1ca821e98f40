/** A path of keys into a JSON-like value. */
type Path = readonly PropertyKey[];

/**
 * A copy of `value` in which everything at `paths` is replaced by what `sound` holds there, or taken out where
 * `sound` holds nothing. So the sound rest of a faulty spec can be checked further. Inside a list the whole
 * list is replaced.
 */
export function repaired(value: unknown, paths: readonly Path[], sound: unknown): unknown {
  let result = value;
  for (const path of paths) {
    const firstIndex = path.findIndex((key) => typeof key === 'number');
    result = replaced(result, firstIndex < 0 ? path : path.slice(0, firstIndex), sound);
  }
  return result;
}

function replaced(value: unknown, path: Path, sound: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined || !isRecord(value)) return sound;
  const soundChild = isRecord(sound) ? sound[String(key)] : undefined;
  const child = replaced(value[String(key)], rest, soundChild);
  const others = Object.entries(value).filter(([name]) => name !== String(key));
  return Object.fromEntries(child === undefined ? others : [...others, [String(key), child]]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
