import { posix } from 'node:path';
import { isDockerfileName } from '../dockerfile-names.ts';
import { isWorthALine, leftoverShownBy, leftoversOf, toolLeftover } from '../ecosystems/artefacts.ts';
import type { IgnoreLine } from '../transform.ts';
import { gitIgnored, type GitIgnored } from '../workspace/git-ignore.ts';
import { hiddenBy } from '../workspace/ignore.ts';
import { isSettingsSample } from '../ecosystems/settings.ts';
import { contextSources, holdsProject, isWholesale, mayBring, type ContextSource } from './context-sources.ts';
import type { Facts } from './facts.ts';
import { artefactsMade, isClear, isMadeAgain, manifestOf } from './made-again.ts';

/** A line that an ignore file might get. */
export interface Wanted extends IgnoreLine {
  /** The pattern to try where git tracks something that this one would hide. */
  readonly narrower?: string | undefined;
}

/** Lines for what a Dockerfile may do without, by what git tracks and ignores and by what its commands make; whether it does is another question. */
export function ignorable(facts: Facts): Wanted[] {
  const { context } = facts;
  const sources = contextSources(facts).filter((source) => isWholesale(facts, source));
  if (sources.length === 0 || isComplete(context.ignoreFile?.text)) return [];
  const all = [
    ...versionControl(facts),
    ...conventional(facts, sources),
    ...fewEnough(ignoredByGit(facts, sources)),
    ...ofDocker(facts),
    ...tracked(facts),
    ...settings(facts),
  ];
  const found: Wanted[] = [];
  for (const one of all) {
    const { pattern } = one;
    const isNew = !isHidden((path) => context.hides(path), pattern) && !found.some((other) => covers(other, one));
    if (pattern.startsWith('!') || (isNew && sources.some((source) => mayBring(source, pattern)))) found.push(one);
  }
  const distinct = found.filter((one) => !found.some((other) => other !== one && covers(other, one)));
  return distinct.some(isWorthAFile) ? distinct : [];
}

/** Small files that tools leave anywhere are worth a line beside others, and no change of their own. */
function isWorthAFile({ pattern, group }: Wanted): boolean {
  return group !== 'left by tools' || !pattern.startsWith('**/');
}

function covers(wide: Wanted, { pattern }: Wanted): boolean {
  const hides = hiddenBy({ text: wide.pattern });
  return isHidden(hides, pattern) && (!pattern.startsWith('**/') || isHidden(hides, pattern.replace('**', 'x')));
}

/** The ignore file hides everything and names what is sent. */
function isComplete(text: string | undefined): boolean {
  return /^\/?(\*|\*\*|\*\*\/\*|\.)\/?\s*$/m.test(text ?? '');
}

/** A name that a pattern means, at the root of the context, is hidden. */
function isHidden(hides: (path: string) => boolean, pattern: string): boolean {
  const name = pattern.replace(/^(\*\*\/)+/, '').replace(/\*+$/, '');
  return hides(name.replaceAll(/\*+/g, 'x').replaceAll(/\[([^\]])[^\]]*\]/g, '$1'));
}

function versionControl({ context }: Facts): Wanted[] {
  return context.holdsGit ? [{ pattern: '.git', group: 'version control' }] : [];
}

/** What the project's languages make, whether git is told or not. */
function conventional(facts: Facts, sources: readonly ContextSource[]): Wanted[] {
  const made = [...new Set(sources.flatMap((source) => artefactsMade(facts, source)))].map((pattern): Wanted => ({
    pattern,
    group: 'made again in the image',
    narrower: pattern.startsWith('**/') ? pattern.slice(3) : undefined,
  }));
  const said = gitIgnored(facts.context.gitIgnores()).map(({ pattern }) => posix.basename(pattern));
  const left = leftoversOf(facts.dockerfile.text, said).filter(({ name }) => isShown(facts, name));
  return [...made, ...left.map(({ pattern }): Wanted => ({ pattern, group: 'left by tools' }))];
}

/** More of what lies on one machine only than a project has: the author took a template. */
function fewEnough(all: readonly Wanted[]): readonly Wanted[] {
  const others = all.filter(({ group }) => group !== 'on one machine only');
  return all.length - others.length > 12 ? others : all;
}

const settingsNames = /^(\*\*\/)?\.env([.*].*)?$/;
const ofGitAndDocker = /^(\*\*\/)?\.(docker|git)/;

function ignoredByGit(facts: Facts, sources: readonly ContextSource[]): Wanted[] {
  return gitIgnored(facts.context.gitIgnores()).flatMap((ignored): Wanted[] => {
    if (settingsNames.test(ignored.pattern) || ofGitAndDocker.test(ignored.pattern) || isDockerfileName(ignored.pattern)) return [];
    const pattern = oneCase(ignored.pattern);
    const name = posix.basename(pattern);
    const clear = isClear(name);
    const isMade = (one: string): boolean => sources.some((source) => mayBring(source, one) && isMadeAgain(facts, source, one));
    const wide = clear || isWide(facts, ignored, pattern) ? `**/${name}` : undefined;
    if (isMade(clear ? `**/${name}` : pattern)) return [{ pattern: wide ?? pattern, group: 'made again in the image', narrower: wide && pattern }];
    const leftover = toolLeftover(name);
    const folder = pattern.includes('**/') ? '.' : posix.dirname(pattern);
    // Deeper than in a folder of the root it is one of many.
    if (leftover !== undefined && !leftover.startsWith('**/') && folder.includes('/')) return [];
    if (leftover !== undefined && !isShown(facts, name)) return [];
    if (leftover !== undefined) return [{ pattern: leftover.startsWith('**/') ? leftover : posix.join(folder, leftover), group: 'left by tools' }];
    if (clear && !sources.some((source) => holdsProject(facts, source))) return [];
    return ignored.from === 'own' && isOfTheProject(pattern) ? [{ pattern: clear ? `**/${name}` : pattern, group: 'on one machine only' }] : [];
  });
}

/** Files of the project show that a tool is used which leaves this. */
function isShown({ context }: Facts, name: string): boolean {
  const files = leftoverShownBy(name);
  return files === undefined || context.below('').some((path) => files.test(path));
}

/** `[Bb]in` means a folder that is called `bin`, but for its case. */
function oneCase(pattern: string): string {
  const plain = pattern.replaceAll(/\[(\w)(\w)\]/g, (whole, a: string, b: string) => (a.toLowerCase() === b.toLowerCase() ? a.toLowerCase() : whole));
  return /[*?[]/.test(plain.replace(/^\*\*\//, '')) ? pattern : plain.replace(/^\*\*\//, '');
}

/** Kinds of files that are large or secret wherever they lie: of other kinds only places are named. */
const largeOrSecret = /\*\.(pem|key|p12|pfx|sqlite3?|db|dump|zip|tar\.gz|tgz|7z|mp4|tfstate)$/;

/** It is there for this project, and not because a template of an ignore file has it. */
function isOfTheProject(pattern: string): boolean {
  const name = pattern.replace(/^(\*\*\/)+/, '');
  if (!isWorthALine(name) || /[^\w.*/@+-]/.test(name)) return false;
  return !name.includes('*') || largeOrSecret.test(name);
}

/** Git ignores it in every folder, and several projects make it. */
function isWide({ context }: Facts, { anywhere, from }: GitIgnored, name: string): boolean {
  const manifest = manifestOf(name);
  if (!anywhere || from === 'below' || manifest === undefined) return false;
  const isManifest = hiddenBy({ text: `**/${manifest}` });
  return context.below('').some((path) => isManifest(path) && path.includes('/'));
}

function ofDocker({ context: { dockerfile, ignoreFile } }: Facts): Wanted[] {
  if (dockerfile === undefined) return [];
  const own = ignoreFile && posix.basename(ignoreFile.path) !== '.dockerignore' ? `${dockerfile}.dockerignore` : '.dockerignore';
  return [dockerfile, own].filter(isPlain).map((pattern): Wanted => ({ pattern, group: 'read by docker only' }));
}

function isPlain(path: string): boolean {
  return /^[\w.][\w./@+-]*$/.test(path);
}

/** Names at the root of the context of what people, and services around a project, read. */
const besideTheProgram = [
  /^\.(github|gitlab|circleci|buildkite|azure|azure-pipelines|azuredevops|vscode|idea|vs|fleet|zed|devcontainer|gitignore|gitattributes|git-blame-ignore-revs|mailmap|editorconfig|gitlab-ci\.yml|travis\.yml|drone\.yml|appveyor\.yml|codecov\.yml|coveralls\.yml|renovaterc|pre-commit-config\.yaml|all-contributorsrc|hadolint\.ya?ml|dependabot)$/,
  /^(docs?|tests?|specs?|e2e|__tests__|cypress)$/,
  /^(appveyor\.yml|azure-pipelines[\w-]*\.ya?ml|bitbucket-pipelines\.yml|Jenkinsfile|cloudbuild\.ya?ml|codecov\.yml|renovate\.json5?|CODEOWNERS)$/,
  /^(README|CHANGELOG|CHANGES|CONTRIBUTING|CODE_OF_CONDUCT|SECURITY|HISTORY|RELEASE_NOTES|SUPPORT)(\.[\w-]+)*(\.(md|rst|txt|adoc|markdown))?$/i,
  /^(docker-)?compose([\w.-]*)\.ya?ml$/,
];

/** More Dockerfiles than these in one folder are a collection of them. */
const mostDockerfiles = 8;

function tracked({ context }: Facts): Wanted[] {
  const names = [...new Set(context.below('').map((path) => path.split('/')[0] ?? ''))];
  const dockerfiles = names.filter((name) => isDockerfileName(name) && name !== context.dockerfile && context.size(name) !== undefined);
  const others = names.filter((name) => besideTheProgram.some((one) => one.test(name)));
  return [...others, ...(dockerfiles.length <= mostDockerfiles ? dockerfiles : [])]
    .filter(isPlain)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((pattern): Wanted => ({ pattern, group: 'tracked, and read by nothing in the image' }));
}

/** Where git keeps `.env` out, in whatever form: the lines that people write for it. Samples come back. */
function settings({ context }: Facts): Wanted[] {
  const isSaid = context.gitIgnores().some(({ text, folder }) => folder === '' && /^\/?(\*\*\/)?\.env\b[\w.*-]*\/?\r?$/m.test(text));
  if (!isSaid) return [];
  const samples = context.below('').filter((path) => path.startsWith('.env.') && isSettingsSample(path));
  return ['.env', '.env.*', ...(samples.length > 0 ? samples : ['.env.example']).map((path) => `!${path}`)].map((pattern): Wanted => ({
    pattern,
    group: 'settings and secrets of one machine',
  }));
}
