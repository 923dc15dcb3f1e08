import type { SingleBar } from 'cli-progress';

const many = 20;
/** Between two lines where no terminal shows a bar. */
const secondsBetweenLines = 10;

/** Says on stderr how far a long run is: a bar where a person looks on, lines elsewhere. */
export class Progress {
  #done = 0;
  #findings = 0;
  #bar: SingleBar | undefined;
  readonly #start = Date.now();
  #said = Date.now();

  private constructor(
    readonly total: number,
    readonly wanted: boolean,
  ) {}

  static async start(total: number, wanted: boolean): Promise<Progress> {
    const progress = new Progress(total, wanted);
    if (wanted && total > many && process.stderr.isTTY) {
      // Bundled, a CommonJS module has no names of its own.
      const { default: bars } = await import('cli-progress');
      progress.#bar = new bars.SingleBar({
        format: '{bar} {value} of {total} files, {findings} findings, {eta_formatted} left',
        stream: process.stderr,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        etaBuffer: 200,
        gracefulExit: false,
      });
      progress.#bar.start(total, 0, { findings: 0 });
    }
    return progress;
  }

  /** One more is done. */
  show(findings: number): void {
    this.#done++;
    this.#findings += findings;
    if (this.#bar) this.#bar.update(this.#done, { findings: this.#findings });
    else if (this.wanted && Date.now() - this.#said > secondsBetweenLines * 1000) {
      this.#said = Date.now();
      const left = Math.round(((Date.now() - this.#start) / 1000 / this.#done) * (this.total - this.#done));
      process.stderr.write(`dockopt: ${this.#done} of ${this.total} files, ${this.#findings} findings, about ${left} s left\n`);
    }
  }

  end(): void {
    this.#bar?.stop();
  }
}
