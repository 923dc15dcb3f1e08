import { once } from '../once.ts';
import type { Script, SimpleCommand } from '../shell/script.ts';
import type { CommandFacts, RunFacts } from './facts.ts';

/** Scripts that are known without being read. A name is enough only where software is always published under it. */

/** They build the software beside them, set variables, or unpack what they carry: none installs packages of the system. */
const names: readonly RegExp[] = [
  /^(configure|Configure|config|autogen\.sh|buildconf|gradlew|mvnw|sbt|b2|waf|make\.bash|all\.bash|emsdk|luarocks|sdkmanager)$/,
  /^(activate|virtualenvwrapper\.sh|nvm\.sh|sdkman-init\.sh|emsdk_env\.sh|envvars|os-release|lsb-release|\.(bashrc|zshrc|profile|bash_profile))$/,
  // Archives that unpack themselves.
  /^(mini|ana)conda[\w.-]*\.sh$|^(mambaforge|miniforge|micromamba)[\w.-]*\.sh$|^cmake-[\d.]+[\w.-]*\.sh$|^bazel-[\d.]+[\w.-]*\.sh$|^rustup(-init)?(\.sh)?$|\.run$/i,
];
/** A program in another language, called by its own name where `python3 x.py` would do the same. */
const interpreted = /\.(py|pl|rb|php|phar|js|lua|r)$/i;
/** A program among others; the maintainer scripts of packages, which run while dpkg is locked. */
const folders = /(^|\/)\.?s?bin\/[^/]*(?<!\.sh)$|^\/var\/lib\/dpkg\/info\//;
/** What says of itself that it may well install something. */
const telling = /install|dep|boot|provision|prepare|setup(?!\.py$)/i;

/** True where a file that is run, or sourced, is known to install no packages of the system. `run`: all that its RUN does. */
export function installsNothing(path: string, run: RunFacts | undefined): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (names.some((one) => one.test(name))) return true;
  if (!telling.test(name) && (folders.test(path) || interpreted.test(name))) return true;
  // Of Boost, CMake and everything with autotools.
  return /^bootstrap(\.sh)?$/.test(name) && (run?.commands.some(({ program }) => /^(configure|b2|bjam)$/.test(program ?? '')) ?? false);
}

/** What is published at an address to be piped into a shell, with what it does to apt's lists. */
interface Published {
  readonly address: RegExp;
  /** Leavings that it fetches before its first install, and again behind the sources that it adds: none where the download fails, which a pipe hides. */
  readonly leaves: readonly string[];
  /** The one program that it installs, and nothing else. */
  readonly brings?: string;
}

const published: readonly Published[] = [
  // https://github.com/nodesource/distributions, deb/src/_setup.sh up to 2023 and scripts/deb since.
  { address: /^https?:\/\/deb\.nodesource\.com\/setup(_|$)/, leaves: ['apt-lists'] },
  { address: /^https?:\/\/sh\.rustup\.rs\/?$|^https?:\/\/static\.rust-lang\.org\/rustup(\.sh|\/)/, leaves: [] },
  { address: /^https?:\/\/raw\.github(usercontent)?\.com\/(creationix|nvm-sh)\/nvm\/[^/]+\/install\.sh$/, leaves: [] },
  { address: /^https?:\/\/(raw\.githubusercontent|github)\.com\/((yy|py)env\/pyenv-installer|yyuu\/pyenv-installer|rbenv\/rbenv-installer)\//, leaves: [] },
  {
    address: /^https?:\/\/(pyenv\.run|get\.sdkman\.io|deno\.land\/(x\/install\/)?install\.sh|bun\.(sh|com)\/install|get\.pnpm\.io\/install\.sh)\/?$/,
    leaves: [],
  },
  { address: /^https?:\/\/astral\.sh\/uv\/([\d.]+\/)?install\.sh$/, leaves: [], brings: 'uv' },
  { address: /^https?:\/\/install\.python-poetry\.org\/?$/, leaves: [], brings: 'poetry' },
  {
    address: /^https?:\/\/(yarnpkg\.com\/install\.sh|get\.volta\.sh|glide\.sh\/get)\/?$/,
    leaves: [],
  },
];

/** The published script that a shell gets from a download piped into it; undefined for any other command. */
export function publishedScript({ script, commands }: Pick<RunFacts, 'script' | 'commands'>, shell: CommandFacts): Published | undefined {
  return script && publishedIn(script, commands).get(shell.command);
}

/** All of a script, by the command of the shell. */
const publishedIn = once((script: Script, commands: readonly CommandFacts[]): ReadonlyMap<SimpleCommand, Published> => {
  const found = new Map<SimpleCommand, Published>();
  const pipes = script.items.filter(({ pipeline, negated, background }) => pipeline.length === 2 && !negated && !background);
  const facts = pipes.length === 0 ? undefined : new Map(commands.map((one) => [one.command, one]));
  for (const { pipeline } of pipes) {
    const [download, shell] = pipeline;
    const known = download && publishedBy(facts?.get(download));
    if (shell && known) found.set(shell, known);
  }
  return found;
});

function publishedBy(download: CommandFacts | undefined): Published | undefined {
  if (download?.kind !== 'fetch') return undefined;
  const addresses = download.arguments
    .flatMap(({ text }) => /^["']?((https?:\/\/)?[\w-]+\.[\w.-]+\/?.*?)["']?$/.exec(text)?.[1] ?? [])
    .filter((one) => !one.startsWith('-'));
  const [address, ...others] = addresses;
  if (address === undefined || others.length > 0) return undefined;
  return published.find((one) => one.address.test(address.startsWith('http') ? address : `https://${address}`));
}
