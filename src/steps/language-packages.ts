import { posix } from 'node:path';
import type { RunTimeNeed } from '../ecosystems/run-time-needs.ts';
import { jsonOf, tableAt } from '../ecosystems/tables.ts';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';

/** A package that a manifest or a lockfile of the program names. */
export interface LanguagePackage {
  readonly language: RunTimeNeed['language'];
  /** In lower case, `_` as `-` where Python takes both. */
  readonly name: string;
  readonly version: string | undefined;
  /** Only development needs it. */
  readonly development: boolean;
  /** A script runs, or something is compiled, when it is installed; undefined where the file does not say. */
  readonly script: boolean | undefined;
  /** It is fetched by git. */
  readonly git: boolean;
  readonly file: string;
}

type Reader = (text: string, file: string) => LanguagePackage[];

const git = /^(git[+:]|github:|gitlab:|bitbucket:)|^git@|\.git(#|$)|^[\w-]+\/[\w.-]+(#|$)/;

const javascript = (file: string, name: string, more: Partial<LanguagePackage> = {}): LanguagePackage => ({
  language: 'javascript',
  name,
  version: undefined,
  development: false,
  script: undefined,
  git: false,
  file,
  ...more,
});

const python = (file: string, name: string, line = ''): LanguagePackage => ({
  ...javascript(file, name.toLowerCase().replaceAll(/[-_.]+/g, '-')),
  language: 'python',
  version: /==\s*([\d.]+)/.exec(line)?.[1],
  git: /\bgit\+|\bgit\s*=/.test(line),
});

const readers: Readonly<Record<string, Reader>> = {
  'package.json': (text, file) =>
    ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
      Object.entries(tableAt(jsonOf(text), kind)).map(([name, range]) =>
        javascript(file, name, { development: kind === 'devDependencies', git: typeof range === 'string' && git.test(range) }),
      ),
    ),
  'package-lock.json': (text, file) =>
    Object.entries(tableAt(jsonOf(text), 'packages')).flatMap(([path, value]) => {
      const entry = tableAt({ value }, 'value');
      const { version, resolved } = entry;
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
      if (name === undefined) return [];
      return javascript(file, name, {
        version: typeof version === 'string' ? version : undefined,
        development: entry['dev'] === true,
        script: entry['hasInstallScript'] === true,
        git: typeof resolved === 'string' && resolved.startsWith('git'),
      });
    }),
  'yarn.lock': (text, file) =>
    [...text.matchAll(/^"?((?:@[^@\s"/]+\/)?[^@\s"#]+)@([^\n]*):$/gm)].map(([, name = '', range = '']) =>
      javascript(file, name, { git: /git[+:@]|\.git\b|github:/.test(range) }),
    ),
  'pnpm-lock.yaml': (text, file) =>
    [...text.matchAll(/^ {2}['"]?\/?((?:@[^@\s"/]+\/)?[^@\s"'/:]+)[@/]([^\n]*):$/gm)].map(([, name = '', rest = '']) =>
      javascript(file, name, { git: /git\+|codeload\.github/.test(rest) }),
    ),
  'poetry.lock': (text, file) => [...text.matchAll(/^name = "([^"]+)"/gm)].map(([, name = '']) => python(file, name)),
  'Pipfile.lock': (text, file) => ['default', 'develop'].flatMap((kind) => Object.keys(tableAt(jsonOf(text), kind)).map((name) => python(file, name))),
  'pyproject.toml': (text, file) =>
    [...text.matchAll(/^\s*["']?([A-Za-z][\w.-]*)["']?\s*(?:\[[\w,\s-]*\])?\s*([=<>~!@;"'][^\n]*)$/gm)].map(([, name = '', rest]) => python(file, name, rest)),
  'Gemfile.lock': (text, file) =>
    [...text.matchAll(/^ {4}([\w.-]+) \(/gm)].map(([, name = '']) => ({ ...javascript(file, name), language: 'ruby' as const, git: /^GIT$/m.test(text) })),
};
const same: Readonly<Record<string, string>> = { 'npm-shrinkwrap.json': 'package-lock.json', 'uv.lock': 'poetry.lock', 'pdm.lock': 'poetry.lock' };

const requirements: Reader = (text, file) =>
  text.split(/\r?\n/).flatMap((line) => {
    const name = /^\s*([A-Za-z][\w.-]*)/.exec(line)?.[1];
    return name === undefined ? [] : [python(file, name, line)];
  });

/** All packages that manifests and lockfiles among files of the context name. */
export const languagePackages = once((files: ReadonlySet<string>, context: ContextFiles): readonly LanguagePackage[] => {
  const found: LanguagePackage[] = [];
  for (const file of files) {
    const name = posix.basename(file);
    const own = (Object.hasOwn(same, name) ? same[name] : undefined) ?? name;
    const reader = Object.hasOwn(readers, own) ? readers[own] : /requirements[^/]*\.(txt|in)$/.test(file) ? requirements : undefined;
    const text = reader && context.text(file);
    if (reader && text !== undefined) for (const one of reader(text, file)) found.push(one);
  }
  return found;
});
