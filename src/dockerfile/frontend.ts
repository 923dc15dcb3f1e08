import type { Dockerfile, Flag, Instruction } from './model.ts';

/** A version 1.x of Docker's own frontend; `labs`, and `experimental` up to 1.1, also has what is still tried out. */
interface Version {
  readonly minor: number;
  readonly channel: 'stable' | 'labs' | 'experimental';
}

/** What a Dockerfile may use, and the first frontend that has it. */
interface Feature {
  readonly name: string;
  readonly since: number;
  /** The first that has it in its `-labs` edition, where that was earlier. */
  readonly labsSince?: number;
  /** The same of its `-experimental` one. */
  readonly experimentalSince?: number;
  used(instruction: Instruction): boolean;
}

/** The frontend that a builder is taken to have where the file names none: that of BuildKit 0.10. */
const assumed: Version = { minor: 4, channel: 'stable' };

/** https://github.com/moby/buildkit/releases, and the Dockerfile reference at the tag of each. */
const features: readonly Feature[] = [
  { name: 'RUN --mount', since: 2, experimentalSince: 0, used: withFlag('RUN', 'mount') },
  { name: '--chmod', since: 2, used: withFlag('COPY ADD', 'chmod') },
  { name: 'RUN --network', since: 3, experimentalSince: 1, used: withFlag('RUN', 'network') },
  { name: 'a heredoc', since: 4, labsSince: 3, used: ({ heredocs }) => heredocs.length > 0 },
  { name: '--link', since: 4, used: withFlag('COPY ADD', 'link') },
  { name: 'ADD --keep-git-dir', since: 5, used: withFlag('ADD', 'keep-git-dir') },
  { name: 'HEALTHCHECK --start-interval', since: 6, used: withFlag('HEALTHCHECK', 'start-interval') },
  { name: 'ADD --checksum', since: 6, used: withFlag('ADD', 'checksum') },
  { name: '${name-word}', since: 6, used: expands(/\$\{\w+[-+?]/) },
  { name: '${name#pattern} and its like', since: 7, used: expands(/\$\{\w+[#%/]/) },
  { name: '--chmod with a variable', since: 10, used: withFlag('COPY ADD', 'chmod', /\$/) },
  { name: 'a secret as a variable', since: 10, used: withFlag('RUN', 'mount', /^(?=.*type=secret).*\benv=/) },
  { name: '--chmod with letters', since: 14, used: withFlag('COPY ADD', 'chmod', /^[ugoa]*[-+=][rwxXst]/) },
  { name: 'ADD --unpack', since: 17, used: withFlag('ADD', 'unpack') },
  { name: '--exclude', since: 19, labsSince: 7, used: withFlag('COPY ADD', 'exclude') },
  { name: 'COPY --parents', since: 20, labsSince: 7, used: withFlag('COPY', 'parents') },
  { name: 'RUN --security', since: 20, labsSince: 1, experimentalSince: 1, used: withFlag('RUN', 'security') },
];

function withFlag(keywords: string, flag: string, value = /^/): Feature['used'] {
  const on = keywords.split(' ');
  return ({ keyword, flags }: Instruction) => on.includes(keyword) && flags.some((one: Flag) => one.name === flag && value.test(one.value ?? ''));
}

/** What the builder expands: the rest is the shell's. */
const expanded = ['ADD', 'ARG', 'COPY', 'ENV', 'EXPOSE', 'FROM', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'];

function expands(form: RegExp): Feature['used'] {
  return ({ keyword, argument }) => expanded.includes(keyword) && !/['\\`]/.test(argument.text) && form.test(argument.text);
}

/** True for a COPY, where the file itself asks for a frontend that has `--parents`: https://docs.docker.com/reference/dockerfile/#copy---parents */
export function copiesWithParents({ directives }: Dockerfile, { keyword }: Instruction): boolean {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const parents = features.find(({ name }) => name === 'COPY --parents');
  const version = versionOf(frontend);
  return keyword === 'COPY' && ((parents && version && has(version, parents)) || frontend.endsWith(':labs'));
}

/** The first of the features that need a newer frontend than the file names, or than is assumed where it names none. */
export function lackingFeature({
  directives,
  instructions,
}: Dockerfile): { readonly name: string; readonly at: Instruction; readonly since: number } | undefined {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value;
  const version = frontend === undefined ? assumed : versionOf(frontend);
  if (!version) return undefined;
  for (const at of instructions) {
    const feature = features.find((one) => !has(version, one) && one.used(at));
    if (feature) return { name: feature.name, at, since: feature.since };
  }
  return undefined;
}

function has({ minor, channel }: Version, { since, labsSince = since, experimentalSince = since }: Feature): boolean {
  return minor >= { stable: since, labs: labsSince, experimental: experimentalSince }[channel];
}

/**
 * undefined where the name leaves open which one it is: `1`, `labs`, a digest. `experimental` and `1-experimental` do not: the channel ended with 1.1, when
 * `labs` came: https://hub.docker.com/r/docker/dockerfile/tags
 */
function versionOf(frontend: string): Version | undefined {
  const [ended, tried] = /\/dockerfile:(?:1(?:\.([01])[\d.]*)?-)?experimental$/.exec(frontend) ?? [];
  if (ended !== undefined) return { minor: Number(tried ?? 1), channel: 'experimental' };
  const [, minor, labs] = /:1\.(\d+)[\d.]*(-labs)?$/.exec(frontend) ?? [];
  return minor === undefined ? undefined : { minor: Number(minor), channel: labs === undefined ? 'stable' : 'labs' };
}

/** False where the file asks for a frontend that is known to lack something that it may use, by its name among the features. */
export function knowsFeature({ directives }: Dockerfile, name: string): boolean {
  const frontend = directives.find((directive) => directive.name === 'syntax')?.value;
  const version = frontend === undefined ? assumed : versionOf(frontend);
  return !version || features.every((feature) => feature.name !== name || has(version, feature));
}

/** False where the file asks for a frontend before 1.2, but for an experimental one: https://docs.docker.com/build/buildkit/dockerfile-release-notes/#120 */
export function hasCacheMounts({ directives }: Dockerfile): boolean {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const [, minor, experimental] = /:1\.(\d+)[\d.]*(-experimental)?$/.exec(frontend) ?? [];
  return minor === undefined || Number(minor) >= 2 || experimental !== undefined;
}
