/** Which of some keys belong together. */
export class Unions {
  readonly #above = new Map<string, string>();

  /** The first, in the order of their characters, of those that belong to a key. */
  of(key: string): string {
    let first = key;
    for (let above = this.#above.get(first); above !== undefined; above = this.#above.get(first)) first = above;
    return first;
  }

  /** False where all of them belong together already. */
  unite(keys: readonly string[]): boolean {
    const [least, ...others] = [...new Set(keys.map((key) => this.of(key)))].toSorted();
    for (const one of others) this.#above.set(one, least ?? one);
    return others.length > 0;
  }
}
