/** A table as the formatter would align it; the first row is the heading. */
export function markdownTable([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const [titles = [], ...others] = [heading, ...rows].map((row) => widths.map((width, column) => (row[column] ?? '').padEnd(width)));
  return [titles, widths.map((width) => '-'.repeat(width)), ...others].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
