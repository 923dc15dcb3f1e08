import { posix } from 'node:path';
import type { Obstacle } from '../ecosystems/closure.ts';
import type { Call } from '../ecosystems/ecosystem.ts';
import type { Build, BuildCall, Framework, Program } from './framework.ts';

/** Where Ruby's own images install all gems, and the settings of Bundler: https://github.com/docker-library/ruby */
const folder = '/usr/local/bundle';

/** A program of Ruby: its source as it stands, and the gems beside it. */
export const ruby: Framework = {
  id: 'ruby',
  builders: new Set(['bundle', 'bundler', 'gem']),
  isOfBuild: installs,
  keepsTools: true,
  buildVariables: /^(BUNDLE_JOBS|BUNDLE_RETRY|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS)$/,
  program(build) {
    const calls = build.calls.filter(({ call }) => installs(call));
    if (calls.length === 0 || !/(^|\/)ruby:/.test(build.base.image)) return undefined;
    return obstacleTo(calls) ?? programOf(build);
  },
};

/** `bundle`, `bundle install`, `bundle config …`, `gem install`: https://bundler.io/man/bundle.1.html. `bundle lock` and `bundle cache` write into the project. */
function installs({ program, arguments: all }: Call): boolean {
  const action = all.find(({ value }) => value?.startsWith('-') !== true)?.value;
  return program === 'gem' ? action === 'install' || action === 'update' : action === undefined || /^(install|config|check)$/.test(action);
}

/** What installs elsewhere: https://bundler.io/man/bundle-config.1.html */
const elsewhere =
  /^(--path|--deployment|--system|--binstubs|--standalone|path|deployment|path\.system|bin|frozen_path|-i|--install-dir|--user-install|-n|--bindir)$/;
const movedBy = ['BUNDLE_PATH', 'BUNDLE_DEPLOYMENT', 'BUNDLE_APP_CONFIG', 'BUNDLE_BIN', 'BUNDLE_PATH__SYSTEM', 'GEM_HOME', 'GEM_PATH'];

function obstacleTo(calls: readonly BuildCall[]): Obstacle | undefined {
  for (const { call, files, workdir } of calls) {
    const words = call.arguments.map(({ value = '' }) => value.replace(/=.*/, ''));
    if (call.program === 'gem' && words.includes('update')) return { because: '`gem update` renews what belongs to the image', file: undefined };
    const moving = words.find((word) => elsewhere.test(word)) ?? movedBy.find((name) => call.environment(name) !== undefined);
    if (moving !== undefined) return { because: `\`${moving}\` puts gems elsewhere than the image does by itself`, file: undefined };
    const named = call.arguments.flatMap(({ value = '' }, i, all) =>
      value === '--gemfile' ? (all[i + 1]?.value ?? []) : (/^--gemfile=(.*)$/.exec(value)?.[1] ?? []),
    )[0];
    const gemfile = posix.resolve(workdir, named ?? call.environment('BUNDLE_GEMFILE') ?? 'Gemfile');
    // Without one the install writes it, and the program reads it.
    if (call.program === 'gem' || words.includes('config')) continue;
    const lockfile = `${gemfile}.lock`;
    const file = posix.relative('/', lockfile);
    if (!files.has(lockfile)) return { because: 'the install makes a lockfile, which the program reads', file };
    if (!/^PLATFORMS\r?\n(?: {2}\S+\r?\n)*? {2}(ruby\b|\S*linux)/m.test(files.text(lockfile) ?? ''))
      return { because: 'the install adds Linux to the platforms of the lockfile, which the program reads', file };
  }
  return undefined;
}

function programOf({ start, readable, files }: Build): Program | Obstacle {
  const named = start.words.map((word) => posix.relative('/', posix.resolve(start.workdir, word))).find((path) => files.has(`/${path}`));
  const reads = named ?? readable.find((path) => path.endsWith('.ru')) ?? readable.find((path) => path.endsWith('.rb')) ?? readable[0];
  if (reads === undefined) return { because: 'the program is neither in the source nor in what the build makes', file: undefined };
  const installed = { folder, development: 'Bundler installs the groups that its settings name' };
  return { title: '', artefacts: [], reads, installed };
}
