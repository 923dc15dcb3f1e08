import { posix } from 'node:path';

/** How a service is built, for whichever file says so. Paths are below the root of the repository. */
export interface Build {
  readonly name: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly stage: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  /** Folders of other contexts by name. */
  readonly contexts: Readonly<Record<string, string>>;
}

/** What is expected of `dockopt targets`. */
export interface ExpectedCaller {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface CallerFile {
  readonly text: string;
  /** In the order of the builds. */
  readonly callers: readonly ExpectedCaller[];
}

type Writer = (file: string, builds: readonly Build[], chance: () => number) => CallerFile;

/** A text whose lines are numbered as they are written. */
class Lines {
  readonly #lines: string[] = [];

  /** Adds some lines; the number of the first one. */
  add(...lines: readonly string[]): number {
    this.#lines.push(...lines);
    return this.#lines.length - lines.length + 1;
  }

  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}

/** A path below the root as it is written in a file, relative to a folder: `.`, `./api`, `../shared`. */
function from(folder: string, path: string): string {
  const relative = posix.relative(folder, path) || '.';
  return relative.startsWith('.') ? relative : `./${relative}`;
}

function isDefault({ dockerfile, context }: Build): boolean {
  return dockerfile === posix.join(context, 'Dockerfile');
}

export const writeCompose: Writer = (file, builds, chance) => {
  const folder = posix.dirname(file);
  const text = new Lines();
  text.add('services:');
  const callers = builds.map((build): ExpectedCaller => {
    const { name, context, dockerfile, stage, args, contexts } = build;
    text.add(`  ${name}:`);
    const called = { kind: 'compose', name, file };
    const plain = isDefault(build) && stage === undefined && Object.keys({ ...args, ...contexts }).length === 0;
    if (plain && chance() < 0.5) return { ...called, line: text.add(`    build: ${from(folder, context)}`) };
    const line = text.add('    build:', `      context: ${from(folder, context)}`);
    if (!isDefault(build)) text.add(`      dockerfile: ${posix.relative(context, dockerfile)}`);
    if (stage !== undefined) text.add(`      target: ${stage}`);
    if (Object.keys(args).length > 0) text.add('      args:', ...Object.entries(args).map(([key, value]) => `        ${key}: "${value}"`));
    if (Object.keys(contexts).length > 0)
      text.add('      additional_contexts:', ...Object.entries(contexts).map(([key, path]) => `        ${key}: ${from(folder, path)}`));
    text.add(`    image: registry.example.org/fleet/${name}`, '    restart: unless-stopped');
    return { ...called, line };
  });
  return { text: text.text, callers };
};

/** Paths in a bake file are seen from where bake is started: the folder in which it lies. */
export const writeBake: Writer = (file, builds) => {
  const folder = posix.dirname(file);
  const text = new Lines();
  text.add('variable "REVISION" { default = "none" }', '', 'group "default" {', `  targets = [${builds.map(({ name }) => `"${name}"`).join(', ')}]`, '}');
  text.add('', 'target "_labels" {', '  labels = { "org.opencontainers.image.revision" = REVISION }', '}');
  const callers = builds.map((build): ExpectedCaller => {
    const { name, context, dockerfile, stage, args, contexts } = build;
    text.add('');
    const line = text.add(`target "${name}" {`, '  inherits = ["_labels"]', `  context = "${posix.relative(folder, context) || '.'}"`);
    // It is relative to the context.
    if (!isDefault(build)) text.add(`  dockerfile = "${posix.relative(context, dockerfile)}"`);
    if (stage !== undefined) text.add(`  target = "${stage}"`);
    if (Object.keys(args).length > 0) text.add('  args = {', ...Object.entries(args).map(([key, value]) => `    ${key} = "${value}"`), '  }');
    if (Object.keys(contexts).length > 0)
      text.add('  contexts = {', ...Object.entries(contexts).map(([key, path]) => `    ${key} = "${posix.relative(folder, path)}"`), '  }');
    text.add(`  tags = ["registry.example.org/fleet/${name}"]`, '}');
    return { kind: 'bake', name, file, line };
  });
  return { text: text.text, callers };
};

const workflowHead = ['on: [push]', '', 'jobs:'];
const checkout = ['    runs-on: ubuntu-24.04', '    steps:', '      - uses: actions/checkout@v4'];

/** A job a service with a step of build-push-action. */
export const writeWorkflow: Writer = (file, builds) => {
  const text = new Lines();
  text.add('name: Images', ...workflowHead);
  const callers = builds.map((build): ExpectedCaller => {
    const { name, context, dockerfile, stage, args, contexts } = build;
    text.add(`  ${name}:`, ...checkout, '      - uses: docker/setup-buildx-action@v3');
    const line = text.add('      - uses: docker/build-push-action@v6', '        with:', `          context: ${context || '.'}`);
    if (!isDefault(build)) text.add(`          file: ${dockerfile}`);
    if (stage !== undefined) text.add(`          target: ${stage}`);
    if (Object.keys(args).length > 0) text.add('          build-args: |', ...Object.entries(args).map(([key, value]) => `            ${key}=${value}`));
    if (Object.keys(contexts).length > 0)
      text.add('          build-contexts: |', ...Object.entries(contexts).map(([key, path]) => `            ${key}=./${path}`));
    text.add(`          tags: registry.example.org/fleet/${name}`, '          push: true');
    return { kind: 'workflow', name, file, line };
  });
  return { text: text.text, callers };
};

/** One job with a matrix over all services. */
export const writeMatrix: Writer = (file, builds) => {
  const text = new Lines();
  text.add('name: Matrix', ...workflowHead, '  image:', '    strategy:', '      matrix:', '        include:');
  for (const { name, context, dockerfile, stage } of builds)
    text.add(
      `          - service: ${name}`,
      `            context: ${context || '.'}`,
      `            file: ${dockerfile}`,
      ...(stage === undefined ? [] : [`            stage: ${stage}`]),
    );
  text.add(...checkout);
  const line = text.add(
    '      - uses: docker/build-push-action@v6',
    '        with:',
    '          context: ${{ matrix.context }}',
    '          file: ${{ matrix.file }}',
    '          target: ${{ matrix.stage }}',
    '          tags: registry.example.org/fleet/${{ matrix.service }}',
  );
  return { text: text.text, callers: builds.map(() => ({ kind: 'workflow', name: 'image', file, line })) };
};

/** `docker build` in the steps of one job. */
export const writeRuns: Writer = (file, builds) => {
  const text = new Lines();
  text.add('name: Builds', ...workflowHead, '  all:', ...checkout);
  const callers = builds.map((build): ExpectedCaller => {
    text.add(`      - name: ${build.name}`);
    return { kind: 'workflow', name: 'all', file, line: text.add(`        run: ${command(build, '')}`) };
  });
  return { text: text.text, callers };
};

export const writeMakefile: Writer = (file, builds) => {
  const text = new Lines();
  text.add('OPTIONS ?=', '', `.PHONY: ${builds.map(({ name }) => name).join(' ')}`);
  const callers = builds.map((build): ExpectedCaller => {
    text.add('', `${build.name}:`);
    return { kind: 'makefile', name: build.name, file, line: text.add(`\t${command(build, posix.dirname(file), '$(OPTIONS) ')}`) };
  });
  return { text: text.text, callers };
};

function command(build: Build, folder: string, options = ''): string {
  const { name, context, dockerfile, stage, args, contexts } = build;
  const more = [
    ...(isDefault(build) ? [] : ['-f', from(folder, dockerfile)]),
    ...(stage === undefined ? [] : ['--target', stage]),
    ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...Object.entries(contexts).flatMap(([key, path]) => ['--build-context', `${key}=${from(folder, path)}`]),
  ];
  return ['docker build', `${options}-t registry.example.org/fleet/${name}`, ...more, from(folder, context)].join(' ');
}
