import { posix } from 'node:path';
import { randomNumbers } from '../random.ts';
import { writeBake, writeCompose, writeMakefile, writeMatrix, writeRuns, writeWorkflow, type Build, type CallerFile, type ExpectedCaller } from './callers.ts';
import { projects, type Language, type Style } from './projects.ts';
import { workspaceFiles } from './workspaces.ts';

/** Where the context of a service is, and where its Dockerfile. */
export type Layout = 'own folder' | 'root' | 'parent folder' | 'another folder' | 'docker folder' | 'beside' | 'central' | 'other contexts' | 'workspace';

export type CallerKind = 'compose' | 'bake' | 'workflow' | 'matrix' | 'run' | 'make';

/** A line of the table of targets that the repository should have. Paths are below its root. */
export interface ExpectedTarget {
  readonly dockerfile: string;
  readonly context: string;
  readonly given: boolean;
  readonly stage: string | null;
  readonly callers: readonly ExpectedCaller[];
}

/** One Dockerfile of a service. */
export interface Service extends Build {
  readonly language: Language;
  readonly style: Style;
  readonly layout: Layout;
  /** With the stage that each one builds. */
  readonly callers: readonly { readonly kind: CallerKind; readonly stage: string | undefined }[];
}

export interface Monorepo {
  /** By path below the root. */
  readonly files: ReadonlyMap<string, string>;
  readonly services: readonly Service[];
  /** In the order of their Dockerfiles. */
  readonly targets: readonly ExpectedTarget[];
}

/** Services of one part of the repository, and of one team. */
const partSize = 300;
const teamSize = 25;

const teams = ['arrivals', 'berths', 'cranes', 'depots', 'engines', 'ferries', 'gauges', 'harbours', 'islands', 'jetties', 'keels', 'locks'];
const ships = ['adder', 'brant', 'curlew', 'dunlin', 'eider', 'fulmar', 'gannet', 'heron', 'ibis', 'jackdaw', 'knot', 'linnet', 'merlin'];

const languages: readonly Language[] = [
  'npm',
  'pip',
  'Go',
  'pnpm workspace',
  'Rust',
  'Maven',
  'Go workspace',
  'npm workspace',
  'uv',
  'Cargo workspace',
  'PHP',
  'Maven modules',
  '.NET on Windows',
];
const layouts: readonly Layout[] = [
  'own folder',
  'root',
  'own folder',
  'parent folder',
  'another folder',
  'docker folder',
  'beside',
  'central',
  'other contexts',
];
const styles: readonly Style[] = ['naive', 'untidy', 'split', 'staged', 'naive'];
const callerKinds: readonly (readonly CallerKind[])[] = [
  ['compose'],
  ['bake'],
  ['workflow'],
  ['matrix'],
  ['run'],
  ['make'],
  ['compose', 'workflow'],
  ['compose', 'bake'],
  [],
];

const workspaces: ReadonlyMap<Language, string> = new Map<Language, string>([
  ['npm workspace', 'sites'],
  ['pnpm workspace', 'web'],
  ['Go workspace', ''],
  ['Cargo workspace', ''],
  ['Maven modules', 'java'],
]);

/** A repository of so many services, always the same for a seed, and how each is built. */
export function monorepo(size = 300, seed = 20_261_128): Monorepo {
  const chance = randomNumbers(seed);
  const files = new Map<string, string>(Object.entries(rootFiles));
  const services: Service[] = [];
  const targets: ExpectedTarget[] = [];
  for (let first = 0; first < size; first += partSize) {
    const part = first === 0 ? '' : `part-${String(first / partSize + 1).padStart(2, '0')}/`;
    const members = [];
    for (let from = first; from < Math.min(first + partSize, size); from += teamSize) {
      const team = teams[(from - first) / teamSize] ?? '';
      const drawn = Array.from({ length: Math.min(teamSize, size - from) }, (_, index) => draw(from + index, part, team, chance));
      for (const { service, text, folder } of drawn.flat()) {
        services.push(service);
        members.push({ name: service.name, language: service.language, folder });
        files.set(service.dockerfile, text);
        for (const [path, content] of Object.entries(projects[service.language].files(service.name))) files.set(posix.join(folder, path), content);
        if (chance() < 0.3 && folder === service.context) files.set(posix.join(folder, '.dockerignore'), 'node_modules\n.git\n*.md\n');
        if (chance() < 0.5) files.set(posix.join(folder, 'README.md'), `# ${service.name}\n\nWritten in ${service.language}.\n`);
      }
      const built = drawn.flat().map(({ service }) => service);
      targets.push(
        ...callersOf(built, part, team, (path, text) => files.set(path, text), chance),
        ...templates(part, team, (path, text) => files.set(path, text)),
      );
    }
    for (const [path, text] of workspaceFiles(part, members)) files.set(path, text);
  }
  const owners = new Set(
    services
      .map(({ dockerfile }) => /^((?:part-\d+\/)?services\/([^/]+)\/)/.exec(dockerfile))
      .flatMap((found) => (found ? [`/${found[1]} @example/${found[2]}\n`] : [])),
  );
  files.set('.github/CODEOWNERS', `* @example/fleet\n/proto/ @example/protocols\n${[...owners].join('')}`);
  return { files, services, targets: targets.toSorted((a, b) => (a.dockerfile < b.dockerfile ? -1 : a.dockerfile > b.dockerfile ? 1 : 0)) };
}

const rootFiles = {
  '.gitignore': 'node_modules/\ntarget/\n.venv/\n',
  '.dockerignore': '.git\n**/node_modules\n**/target\n',
  'README.md': '# Fleet\n\nAll services of a harbour.\n',
};

interface Drawn {
  readonly service: Service;
  readonly text: string;
  /** The service's own folder. */
  readonly folder: string;
}

function draw(index: number, part: string, team: string, chance: () => number): Drawn[] {
  const name = `${ships[index % ships.length]}-${String(index + 1).padStart(3, '0')}`;
  const language = languages[index % languages.length] ?? 'npm';
  const workspace = workspaces.get(language);
  const drawnLayout = pick(layouts, chance) ?? 'own folder';
  const layout = workspace !== undefined ? 'workspace' : language === '.NET on Windows' ? 'own folder' : drawnLayout;
  const style = pick(styles, chance) ?? 'naive';
  const place = placeOf(layout, language, workspace, part, team, name, chance);
  const { folder, context } = place;
  const kinds =
    layout === 'beside'
      ? (['workflow'] as const)
      : (pick(
          callerKinds.filter((some) => isPossible(some, layout)),
          chance,
        ) ?? []);
  const args = chance() < 0.25 && kinds.length > 0 ? { VERSION: `1.${index % 10}` } : {};
  const contexts = layout === 'other contexts' ? { proto: `${part}proto` } : {};
  const more = [
    ...(Object.keys(args).length > 0 ? ['ARG VERSION=dev', 'LABEL org.opencontainers.image.version=$VERSION'] : []),
    ...(layout === 'other contexts' ? ['COPY --from=proto . /proto/'] : []),
    ...(chance() < 0.3 ? ['EXPOSE 8080'] : []),
  ];
  const relative = posix.relative(context || '.', folder);
  const at = { name, source: relative === '' ? '' : `${relative}/`, more, chance };
  const release = style === 'staged' && chance() < 0.5 ? 'release' : undefined;
  const ends = chance() < 0.1 ? '\r\n' : '\n';
  const text = (one: Style): string => projects[language].dockerfile(one, at).join(ends) + ends;
  const made = (dockerfile: string, one: Style, callers: Service['callers']): Drawn => ({
    service: { name, language, style: one, layout, context, dockerfile, stage: release, args, contexts, callers },
    text: text(one),
    folder,
  });
  // Of two callers of stages the first one builds the stage of development.
  const callers = kinds.map((kind, order) => ({ kind, stage: style === 'staged' && order === 0 && kinds.length === 2 ? 'dev' : release }));
  if (layout !== 'beside') return [made(place.dockerfile, style, callers)];
  return [made(place.dockerfile, style, callers), made(`${folder}/Dockerfile.dev`, 'naive', [{ kind: 'compose', stage: undefined }])];
}

function pick<Value>(values: readonly Value[], chance: () => number): Value | undefined {
  return values[Math.floor(chance() * values.length)];
}

/** Whether a service may be built by these alone: a matrix gives no contexts, and without callers only what the text tells is known. */
function isPossible(kinds: readonly CallerKind[], layout: Layout): boolean {
  if (kinds.length === 0) return layout === 'own folder' || layout === 'root';
  return layout !== 'other contexts' || !kinds.includes('matrix');
}

function placeOf(
  layout: Layout,
  language: Language,
  workspace: string | undefined,
  part: string,
  team: string,
  name: string,
  chance: () => number,
): Pick<Drawn['service'], 'context' | 'dockerfile'> & Pick<Drawn, 'folder'> {
  const group = `${part}services/${team}`;
  const root = part.slice(0, -1);
  if (workspace !== undefined) {
    const folder = workspace === '' ? `${group}/${name}` : `${part}${workspace}/${name}`;
    const context = language === 'pnpm workspace' || workspace === '' ? root : part + workspace;
    const dockerfile = chance() < 0.25 ? posix.join(context, 'docker', `${name}.Dockerfile`) : `${folder}/Dockerfile`;
    return { folder, context, dockerfile };
  }
  const folder = layout === 'another folder' ? `${part}sources/${name}` : `${group}/${name}`;
  const own = `${folder}/Dockerfile`;
  switch (layout) {
    case 'root':
      return { folder, context: '', dockerfile: own };
    case 'parent folder':
      return { folder, context: group, dockerfile: own };
    case 'another folder':
      return { folder, context: folder, dockerfile: `${part}docker/${name}/Dockerfile` };
    case 'docker folder':
      return { folder, context: folder, dockerfile: `${folder}/docker/Dockerfile` };
    case 'central':
      return { folder, context: root, dockerfile: `${part}docker/${name}.Dockerfile` };
    default:
      return { folder, context: folder, dockerfile: own };
  }
}

/** Writes all files that build a team's services; the targets that they make. */
function callersOf(
  services: readonly Service[],
  part: string,
  team: string,
  write: (path: string, text: string) => void,
  chance: () => number,
): ExpectedTarget[] {
  const id = `${part.replace('/', '-')}${team}`;
  const first = team === teams[0];
  const found = new Map<Service, (ExpectedCaller & { readonly stage: string | undefined })[]>(services.map((service) => [service, []]));
  // In the order in which callers are listed: by format, then by path.
  const writers: readonly (readonly [CallerKind, string, (file: string, builds: readonly Build[], chance: () => number) => CallerFile])[] = [
    ['compose', first ? `${part}compose.yaml` : `${part}services/${team}/docker-compose.yml`, writeCompose],
    ['bake', first ? `${part}docker-bake.hcl` : `${part}docker-bake.${team}.hcl`, writeBake],
    ['run', `.github/workflows/${id}-builds.yml`, writeRuns],
    ['matrix', `.github/workflows/${id}-matrix.yml`, writeMatrix],
    ['workflow', `.github/workflows/${id}.yml`, writeWorkflow],
    ['make', `${part}services/${team}/Makefile`, writeMakefile],
  ];
  for (const [kind, path, writer] of writers) {
    const builds = services.flatMap((service) => service.callers.filter((caller) => caller.kind === kind).map(({ stage }) => ({ ...service, stage, service })));
    if (builds.length === 0) continue;
    const { text, callers } = writer(path, builds, chance);
    write(path, text);
    builds.forEach(({ service, stage }, index) => {
      const caller = callers[index];
      if (caller) found.get(service)?.push({ ...caller, stage });
    });
  }
  return services.flatMap((service) => targetsOf(service, found.get(service) ?? []));
}

function targetsOf({ dockerfile, context }: Service, callers: readonly (ExpectedCaller & { readonly stage: string | undefined })[]): ExpectedTarget[] {
  const shown = context || '.';
  if (callers.length === 0) return [{ dockerfile, context: shown, given: false, stage: null, callers: [] }];
  return [...new Set(callers.map(({ stage }) => stage))].map((stage) => ({
    dockerfile,
    context: shown,
    given: true,
    stage: stage ?? null,
    callers: callers.filter((caller) => caller.stage === stage).map(({ kind, name, file, line }) => ({ kind, name, file, line })),
  }));
}

/** Two templates: one that nobody takes for a Dockerfile, and one that begins as one and cannot be built. */
function templates(part: string, team: string, write: (path: string, text: string) => void): ExpectedTarget[] {
  const folder = `${part}services/${team}/templates`;
  write(`${folder}/Dockerfile.j2`, "{% set release = '20' %}\nFROM node:{{ release }}\nCOPY . .\nRUN npm ci\n");
  write(`${folder}/Dockerfile.tmpl`, 'FROM {{ .Base }}\nWORKDIR /app\nCOPY . .\nRUN {{ .Install }}\n');
  return [{ dockerfile: `${folder}/Dockerfile.tmpl`, context: folder, given: false, stage: null, callers: [] }];
}
