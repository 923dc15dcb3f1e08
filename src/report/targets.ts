import { printable } from './layout.ts';

/** A Dockerfile as it is built. Paths are relative to the working directory. */
export interface Target {
  readonly dockerfile: string;
  readonly context: TargetContext;
  /** The stage that callers name; null where they name none: the last one. */
  readonly stage: string | null;
  readonly callers: readonly CallerOfTarget[];
}

export interface TargetContext {
  /** A folder, or what callers say where it is none of this repository, or not known. */
  readonly path: string;
  readonly given: boolean;
  /** By what: `compose.yaml:4`, `holds src and all other sources` … */
  readonly by: string;
}

export interface CallerOfTarget {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The report for programs. Within a version fields are added, never changed or taken away. */
export interface JsonTargets {
  readonly version: 1;
  readonly targets: readonly Target[];
}

export function jsonTargets(targets: readonly Target[]): string {
  const report: JsonTargets = { version: 1, targets };
  return `${JSON.stringify(report, null, 2)}\n`;
}

const headings = ['DOCKERFILE', 'CONTEXT', 'STAGE', 'BUILT BY'] as const;

/** A table: a line a target, more where it has several callers. */
export function targetsTable(targets: readonly Target[]): string {
  const rows = targets.flatMap(({ dockerfile, context, stage, callers }) => {
    const [first, ...others] = callers.map(({ file, line, kind, name }) => `${file}:${line} ${kind} ${name}`);
    const row = [dockerfile, context.path, stage ?? '-', first === undefined ? `inferred: ${context.by}` : `${first}${note(context)}`];
    return [row, ...others.map((caller) => ['', '', '', caller])];
  });
  const lines = [[...headings], ...rows].map((row) => row.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  return lines
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function note({ given, by }: TargetContext): string {
  return given ? '' : `; context inferred: ${by}`;
}
