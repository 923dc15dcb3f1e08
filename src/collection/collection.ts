import type { Edit, Range } from '../text.ts';

/** Something in a Dockerfile that can be found and edited: an instruction, a command of a RUN. */
export interface Item {
  /** As it stands in the Dockerfile. */
  readonly text: string;
}

/** How items of one kind are named and edited. Throws an Error where an edit has no place. */
export interface Kind<One extends Item> {
  isNamed(item: One, name: string): boolean;
  rangeOf(item: One): Range;
  insertBefore(item: One, text: string): Edit;
  insertAfter(item: One, text: string): Edit;
  remove(items: readonly One[]): readonly Edit[];
}

/** The text that all collections of one Dockerfile edit. */
export interface Draft {
  readonly eol: string;
  readonly edits: readonly Edit[];
  add(edits: readonly Edit[]): void;
  toSource(): string;
}

/** What `replaceWith`, `insertBefore` and `insertAfter` take: a text, or what makes one of an item (undefined: leave it alone). */
export type Replacement<One> = string | ((item: One, index: number) => string | undefined);

/**
 * Some items of one Dockerfile, in the order of the text. Edits are collected and made by `toSource`; until then all items stay what they were.
 */
export class Collection<One extends Item> implements Iterable<One> {
  readonly #items: readonly One[];
  readonly #kind: Kind<One>;
  readonly #draft: Draft;

  constructor(items: readonly One[], kind: Kind<One>, draft: Draft) {
    this.#items = items;
    this.#kind = kind;
    this.#draft = draft;
  }

  get length(): number {
    return this.#items.length;
  }

  [Symbol.iterator](): Iterator<One> {
    return this.#items[Symbol.iterator]();
  }

  /** Those of a name: an instruction's keyword in any case, a command's program. */
  find(name: string): Collection<One> {
    return this.filter((item) => this.#kind.isNamed(item, name));
  }

  filter(wanted: (item: One, index: number) => boolean): Collection<One> {
    return new Collection(this.#items.filter(wanted), this.#kind, this.#draft);
  }

  forEach(visit: (item: One, index: number) => void): this {
    this.#items.forEach(visit);
    return this;
  }

  replaceWith(by: Replacement<One>): this {
    return this.#each(by, (item, text) => (text === item.text ? undefined : { ...this.#kind.rangeOf(item), text }));
  }

  /** A line of its own above an instruction and its comments; `text && ` in front of a command. */
  insertBefore(by: Replacement<One>): this {
    return this.#each(by, (item, text) => this.#kind.insertBefore(item, text));
  }

  /** A line of its own below an instruction; ` && text` behind a command. */
  insertAfter(by: Replacement<One>): this {
    return this.#each(by, (item, text) => this.#kind.insertAfter(item, text));
  }

  /** Instructions go with their lines, commands with their `&&`; comments stay. */
  remove(): this {
    this.#draft.add(this.#kind.remove(this.#items));
    return this;
  }

  /** The whole Dockerfile with every edit of every collection made of it. Throws an Error where two edits meet. */
  toSource(): string {
    return this.#draft.toSource();
  }

  #each(by: Replacement<One>, edit: (item: One, text: string) => Edit | undefined): this {
    this.#items.forEach((item, index) => {
      const text = typeof by === 'string' ? by : by(item, index);
      const made = text === undefined ? undefined : edit(item, text.replace(/\r?\n/g, this.#draft.eol));
      if (made) this.#draft.add([made]);
    });
    return this;
  }
}
