/** Hears the first Ctrl-C, or the first request to end; another one ends the program at once, as ever. */
export class Interrupts {
  #by: 'SIGINT' | 'SIGTERM' | undefined;

  constructor() {
    process.once('SIGINT', this.#onInterrupt);
    process.once('SIGTERM', this.#onTerminate);
  }

  /** The exit code that goes with what was heard; undefined where nothing was. */
  get exitCode(): number | undefined {
    return this.#by === undefined ? undefined : this.#by === 'SIGINT' ? 130 : 143;
  }

  end(): void {
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onTerminate);
  }

  readonly #onInterrupt = (): void => void (this.#by ??= 'SIGINT');
  readonly #onTerminate = (): void => void (this.#by ??= 'SIGTERM');
}
