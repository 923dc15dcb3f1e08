import { posix } from 'node:path';
import { parser } from '../ecosystems/javascript/parsers.ts';
import { tableAt, textOf, type Table } from '../ecosystems/tables.ts';
import { once } from '../once.ts';
import type { Facts, StageFacts } from './facts.ts';
import { isBelow } from './paths.ts';
import { startOf } from './start.ts';

/** Where the repository starts the image with another command than its own, or with another folder in place of its program: what tells so. */
export function startedOtherwise(facts: Facts, stage: StageFacts): string | undefined {
  return otherwise(stage, facts);
}

const otherwise = once((stage: StageFacts, facts: Facts): string | undefined => {
  const tool = facts.context.buildFiles().find(({ text }) => runsTools.test(text));
  if (tool) return `${tool.path}: docker run`;
  for (const { path, name, service } of ownServices(facts)) {
    const what = whatOf(stage, service);
    if (what !== undefined) return `${path}: \`${what}\` of ${name}`;
  }
  return undefined;
});

/** A service of a compose file. */
interface OwnService {
  readonly path: string;
  readonly name: string;
  readonly service: Table;
}

/** The services of the repository's compose files that build this Dockerfile, or may. */
export const ownServices = once((facts: Facts): readonly OwnService[] =>
  facts.context.buildFiles().flatMap(({ path, text }) => {
    if (!/compose[^/]*\.ya?ml$/.test(path) || !text.includes('build')) return [];
    const services = tableAt(parsed(text), 'services');
    return Object.keys(services).flatMap((name): OwnService[] => {
      const service = tableAt(services, name);
      return service['build'] !== undefined && isOurs(facts, path, service) ? [{ path, name, service }] : [];
    });
  }),
);

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
  ...facts.context
    .buildFiles()
    .flatMap(({ path, text }) =>
      path.endsWith('devcontainer.json')
        ? { path, text: [...text.matchAll(lifecycle)].map(([, value = '']) => value).join('\n') }
        : text.split('\n').flatMap((line) => (/\bdocker(\s+|-)(compose\s+)?(run|exec)\b/.test(line) ? { path, text: line } : [])),
    ),
]);

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

/** It builds this Dockerfile, or may. */
function isOurs({ context }: Facts, file: string, service: Table): boolean {
  if (context.folder === undefined || context.dockerfile === undefined) return true;
  const build = service['build'];
  const folder = posix.join(posix.dirname(file), textOf(build) ?? textOf(tableAt(service, 'build')['context']) ?? '.');
  const dockerfile = textOf(tableAt(service, 'build')['dockerfile']) ?? 'Dockerfile';
  return posix.join(folder, dockerfile) === posix.join(context.folder, context.dockerfile);
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
