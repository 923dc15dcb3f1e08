import { posix } from 'node:path';
import { ecosystems } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import type { Facts } from './facts.ts';

/** Code that may run in the container. */
const code = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kts?|scala|cs|fs|php|ex|exs|clj|swift|pl|lua|r|ya?ml|properties|toml|conf|env|erb|sh)$/i;
/** Code that runs in a build alone. */
const builds =
  /(^|\/)(\.github|\.gitlab|\.circleci)\/|(^|\/)(docker-)?compose[\w.-]*\.ya?ml$|(^|\/)(docker-bake|\.gitlab-ci|pnpm-workspace|\.yarnrc)[\w.-]*$|\.config\.[cm]?[jt]s$/;

/** The first file of the program that names a variable or a file; where no file is known, that. */
export function fileOfProgramNaming(facts: Facts, name: string): string | undefined {
  const files = programFiles(facts);
  if (files.length === 0) return 'no file of it is known';
  const isNamed = namingIn(name);
  return files.find((path) => isNamed(facts.context.text(path) ?? ''));
}

/** Whether a text names a variable or a file, and does not give it to a build: such a script runs where images are built. */
export function namingIn(name: string): (text: string) => boolean {
  const word = `(?<!\\w)${name.replaceAll('.', '\\.')}(?!\\w)`;
  const named = new RegExp(word);
  const given = new RegExp(`--(?:build-arg|secret)[=\\s]\\S*${word}`);
  return (text) => named.test(text) && !given.test(text);
}

const programFiles = once(({ context }: Facts) =>
  context.below('').filter((path) => code.test(path) && !builds.test(path) && !posix.basename(path).startsWith('.')),
);

/** Files that every program which fetches may read credentials from. */
const ofAll = /^(\.netrc|\.git-credentials)$/i;
/** Files that tools read theirs from, or that tell what to build. */
const tools = /^(package\.json|makefile|\.sentryclirc|[\w.-]+\.(sh|gradle|kts|config\.[cm]?[jt]s|mk))$/i;

/** True for the name of a file, without folders, that package managers read credentials from. */
export function isManagersFile(name: string): boolean {
  return ofAll.test(name) || ecosystems.some(({ credentials }) => credentials?.files?.test(name));
}

/** True for the name of a file, without folders, that only builds read. */
export function isSettingsFile(name: string): boolean {
  return isManagersFile(name) || tools.test(name);
}
