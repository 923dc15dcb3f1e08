/** Files of a project that tools read though nothing names them. */

interface Unnamed {
  readonly hidden: RegExp;
  /** The file that shows the tool. */
  readonly file?: RegExp;
  /** What a manifest says of it. */
  readonly text?: RegExp;
}

const unnamed: readonly Unnamed[] = [
  {
    hidden: /^(docs?)(\/|$)/,
    file: /^(mkdocs\.ya?ml|docusaurus\.config\.\w+|_config\.yml|book\.toml|conf\.py|antora\.yml|\.readthedocs\.ya?ml|\.vitepress\/.*)$/,
  },
  { hidden: /\.(md|markdown|rst)$/i, file: /^(_config\.yml|[^/]+\.gemspec|[^/]+\.cabal)$/ },
  { hidden: /\.(cs|fs|vb)$/, file: /\.(csproj|fsproj|vbproj)$/ },
  { hidden: /^\.editorconfig$/, file: /\.(csproj|fsproj|vbproj|sln)$/ },
  { hidden: /^\.gitignore$/, text: /\b(hatchling|tailwindcss|flit_core|pdm-backend|maturin|poetry-core|scikit-build-core)\b/ },
  { hidden: /^(README|CHANGELOG|HISTORY|CHANGES)/i, text: /\bdynamic\s*=.*readme|license-files|PackageReadmeFile|readme\.workspace/ },
];
const manifests = /(^|\/)(package\.json|pyproject\.toml|setup\.(py|cfg)|Cargo\.toml|[^/]+\.\w+proj|Directory\.Build\.props)$/;

/** The file of the project (one of `paths`) by which a tool is known that reads one of the hidden files; undefined where there is none. */
export function unnamedReaderIn(hidden: readonly string[], paths: readonly string[], textOf: (path: string) => string | undefined): string | undefined {
  for (const { hidden: names, file, text } of unnamed) {
    if (!hidden.some((path) => names.test(path))) continue;
    const found = paths.find((path) => file?.test(path) ?? (manifests.test(path) && text?.test(textOf(path) ?? '')));
    if (found !== undefined) return found;
  }
  return undefined;
}

const runners = 'test|tests|spec|rspec|jest|mocha|pytest|vitest|phpunit|cypress|playwright';
const runner = new RegExp(`\\b(${runners})\\b`);
const service = new RegExp(`\\b(command|entrypoint)\\s*:.*\\b(${runners})\\b`);

/** True for the words of a command that runs tests. */
export function runsTests(words: string): boolean {
  return runner.test(words);
}

/** True for a compose file in which a container is started to run tests. */
export function startsTests(compose: string): boolean {
  return service.test(compose);
}
