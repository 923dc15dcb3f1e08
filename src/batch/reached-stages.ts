import type { BuildInput } from '../build-input.ts';
import type { Dockerfile, Instruction, Stage } from '../dockerfile/model.ts';

/** Whether a build of a stage (the last one, where none is named) runs a RUN that mounts what is wanted; true where that cannot be told. */
export function reaches({ stages, instructions }: Dockerfile, target: string | undefined, { kind, id }: BuildInput): boolean {
  const start = target === undefined || target === '' ? stages.at(-1) : stageNamed(stages, target);
  if (!start) return true;
  const defaults = defaultsIn(instructions);
  const seen = new Set<Stage>();
  const pending = [start];
  for (let stage = pending.pop(); stage; stage = pending.pop()) {
    if (seen.has(stage)) continue;
    seen.add(stage);
    if (stage.instructions.some((instruction) => mountsOf(instruction).some((mount) => isIt(mount, kind, id)))) return true;
    for (const written of namesIn(stage)) {
      const name = written.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => defaults.get(braced ?? bare ?? '') ?? whole);
      // It may name any.
      if (name.includes('$')) return true;
      const other = stageNamed(stages.slice(0, stage.index), name);
      if (other) pending.push(other);
    }
  }
  return false;
}

/** What ARGs in front of the first FROM are, where nobody says otherwise. */
function defaultsIn(instructions: readonly Instruction[]): ReadonlyMap<string, string> {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const words = instructions.slice(0, first).flatMap((one) => (one.keyword === 'ARG' ? one.words : []));
  return new Map(
    words.flatMap(({ text }) => {
      const [, name, value] = /^(\w+)=["']?([^"'$]+)["']?$/.exec(text) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function stageNamed(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.findLast((stage) => stage.name === name.toLowerCase()) ?? (/^\d+$/.test(name) ? stages[Number(name)] : undefined);
}

/** Stages and images that a stage is made of. */
function namesIn({ base, instructions }: Stage): string[] {
  return [
    base,
    ...instructions.flatMap((instruction) => [
      ...instruction.flags.flatMap(({ name, value }) => (name === 'from' && value !== undefined ? [value] : [])),
      ...mountsOf(instruction).flatMap((mount) => /(?:^|,)from=([^,]+)/.exec(mount)?.[1] ?? []),
    ]),
  ];
}

function mountsOf({ flags }: Instruction): string[] {
  return flags.flatMap(({ name, value = '' }) => (name === 'mount' ? [value] : []));
}

function isIt(mount: string, kind: BuildInput['kind'], id: string): boolean {
  const fields = mount.split(',');
  return fields.includes(`type=${kind}`) && (kind === 'ssh' || fields.includes(`id=${id}`));
}
