/** The items by what `of` says of each, in their order. */
export function grouped<T, Key>(list: readonly T[], of: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of list) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}
