import { posix } from 'node:path';
import { parser } from '../ecosystems/javascript/parsers.ts';
import { tableAt, textOf, type Table } from '../ecosystems/tables.ts';
import { once } from '../once.ts';
import type { BuildFile } from '../workspace/workspace.ts';
import type { Facts, StageFacts } from './facts.ts';
import { isBelow } from './paths.ts';
import { startOf } from './start.ts';

/** Where the repository starts the image with another command than its own, or with another folder in place of its program: what tells so. */
export function startedOtherwise(facts: Facts, stage: StageFacts): string | undefined {
  return otherwise(stage, facts);
}

const otherwise = once((stage: StageFacts, facts: Facts): string | undefined => {
  const tool = toolRunner(facts.context.buildFiles());
  if (tool) return `${tool.path}: docker run`;
  for (const { path, name, service } of ownServices(facts)) {
    const what = whatOf(stage, service);
    if (what !== undefined) return `${path}: \`${what}\` of ${name}`;
  }
  return undefined;
});

const toolRunner = once((files: readonly BuildFile[]) => files.find(({ text }) => runsTools.test(text)));

/** A service of a compose file. */
interface OwnService {
  readonly path: string;
  readonly name: string;
  readonly service: Table;
}

/** The services of the repository's compose files that build this Dockerfile, or may. */
export function ownServices({ context }: Facts): readonly OwnService[] {
  const services = servicesIn(context.buildFiles());
  if (context.folder === undefined || context.dockerfile === undefined) return [...services.values()].flat();
  return services.get(posix.join(context.folder, context.dockerfile)) ?? [];
}

/** Services that are built, by the Dockerfile's path in the repository. */
const servicesIn = once((files: readonly BuildFile[]): ReadonlyMap<string, readonly OwnService[]> => {
  const found = new Map<string, OwnService[]>();
  for (const { path, text } of files) {
    if (!/compose[^/]*\.ya?ml$/.test(path) || !text.includes('build')) continue;
    const services = tableAt(parsed(text), 'services');
    for (const name of Object.keys(services)) {
      const service = tableAt(services, name);
      if (service['build'] === undefined) continue;
      const dockerfile = dockerfileOf(path, service);
      const own = found.get(dockerfile) ?? [];
      own.push({ path, name, service });
      found.set(dockerfile, own);
    }
  }
  return found;
});

/** What the repository runs in the image in place of its own command, or beside it: file, and text for a shell. */
export const commandsInside = once((facts: Facts): readonly { readonly path: string; readonly text: string }[] => [
  ...ownServices(facts).flatMap(({ path, service }) =>
    ['entrypoint', 'command'].map((key) => ({
      path,
      text: [service[key]]
        .flat()
        .filter((one) => typeof one === 'string')
        .join(' '),
    })),
  ),
  ...commandsIn(facts.context.buildFiles()),
]);

const commandsIn = once((files: readonly BuildFile[]) =>
  files.flatMap(({ path, text }) =>
    path.endsWith('devcontainer.json')
      ? { path, text: [...text.matchAll(lifecycle)].map(([, value = '']) => value).join('\n') }
      : text.split('\n').flatMap((line) => (/\bdocker(\s+|-)(compose\s+)?(run|exec)\b/.test(line) ? { path, text: line } : [])),
  ),
);

/** https://containers.dev/implementors/json_reference/#lifecycle-scripts */
const lifecycle = /"(?:onCreate|updateContent|postCreate|postStart|postAttach)Command"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\})/g;

const runsTools = /\bdocker(\s+|-)(compose\s+)?(run|exec)\b[^\n]*\s(npm|npx|yarn|pnpm|go|mvn|gradle|cargo|dotnet|make|bash|sh)\s/;

function parsed(text: string): unknown {
  try {
    return parser('yaml').parse(text);
  } catch {
    return undefined;
  }
}

/** The Dockerfile that a service of a compose file is built from. */
function dockerfileOf(file: string, service: Table): string {
  const build = service['build'];
  const folder = posix.join(posix.dirname(file), textOf(build) ?? textOf(tableAt(service, 'build')['context']) ?? '.');
  const dockerfile = textOf(tableAt(service, 'build')['dockerfile']) ?? 'Dockerfile';
  return posix.join(folder, dockerfile);
}

function whatOf(stage: StageFacts, service: Table): string | undefined {
  const start = startOf(stage);
  for (const key of ['entrypoint', 'command']) {
    const given = service[key];
    if (given === undefined || given === null) continue;
    const words: readonly unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(/\s+/) : [];
    if (words[0] !== start?.words?.[0] || words[1] !== start?.words?.[1]) return key;
  }
  const volumes = service['volumes'];
  const targets = (Array.isArray(volumes) ? volumes : []).map((one: unknown) =>
    typeof one === 'string' ? one.split(':')[1] : textOf(tableAt({ one }, 'one')['target']),
  );
  const folder = start?.state.workdir ?? '/';
  return targets.some((target) => target !== undefined && isBelow(folder, target)) ? 'volumes' : undefined;
}
