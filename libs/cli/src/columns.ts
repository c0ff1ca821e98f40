/** Rows under titles, in the manner of kubectl: columns as wide as their widest cell, two blanks between. */
export function columns(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  /** The titles of columns whose cells end, not begin, at the same place. */
  rightAligned: readonly string[] = [],
): string {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const right = titles.map((title) => rightAligned.includes(title));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) =>
          right[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
