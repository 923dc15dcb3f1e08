const many = 20;

/** A line on stderr that counts files, where there are many and a person looks on. */
export class Progress {
  #done = 0;
  readonly #shown: boolean;

  constructor(readonly total: number) {
    this.#shown = total > many && process.stderr.isTTY;
  }

  show(): void {
    this.#done++;
    if (this.#shown) process.stderr.write(`\r${this.#done} of ${this.total} files\u001b[K`);
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}
