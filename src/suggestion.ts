/** `; did you mean …?` where something known is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const [nearest] = known.map((one) => ({ one, far: distance(given, one) })).toSorted((a, b) => a.far - b.far);
  return nearest && nearest.far <= Math.max(2, given.length / 3) ? `; did you mean ${nearest.one}?` : '';
}

/** How many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
