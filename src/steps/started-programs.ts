import { posix } from 'node:path';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';

/** How source files start other programs, told from their text: it finds too much rather than too little. */

interface Language {
  readonly files: RegExp;
  /** A file with this starts programs. */
  readonly starts: RegExp;
  /** A call that starts one, up to its first argument. */
  readonly calls: RegExp;
}

const languages: readonly Language[] = [
  {
    files: /\.[cm]?[jt]sx?$/,
    starts: /child_process|\bexeca\b|\bshelljs\b|cross-spawn|\bzx\b|Bun\.spawn|Deno\.(run|Command)/,
    calls:
      /(?:(?<![\w.])|\b(?:child_process|childProcess|cp|shell|shelljs)\.)(?:exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|execaSync|execaCommand|\$)\s*\(\s*/g,
  },
  {
    files: /\.pyw?$/,
    starts: /\bsubprocess\b|\bos\.(system|popen|exec\w+|spawn\w+)\b|\bpexpect\b|create_subprocess_|^\s*(import|from) sh\b/m,
    calls: /\b(?:subprocess\.\w+|os\.(?:system|popen|exec\w+|spawn\w+)|(?<!\.)Popen|(?<!\.)check_(?:call|output)|create_subprocess_\w+)\s*\(\s*/g,
  },
  {
    files: /\.(rb|rake|ru|gemspec)$|(^|\/)(Rakefile|Gemfile)$/,
    starts: /`[^`\n]+`|%x[({[]|\bOpen3\b|\bIO\.popen\b|(?<!def |[.\w])(system|spawn|exec)[ (]/,
    calls: /(?<!def |[.\w])(?:system|spawn|exec)[ (]\s*/g,
  },
  {
    files: /\.(java|kts?|scala|groovy)$/,
    starts: /\bProcessBuilder\b|\.exec\s*\(/,
    calls: /\bProcessBuilder\s*\(\s*|getRuntime\(\)\s*\.exec\s*\(\s*/g,
  },
  { files: /\.go$/, starts: /"os\/exec"|syscall\.Exec/, calls: /\bexec\.Command(?:Context\s*\(\s*\w+(?:\.\w+\(\))?\s*,|\s*\()\s*/g },
  { files: /\.rs$/, starts: /\bprocess::Command\b|\bCommand::new\b/, calls: /\bCommand::new\s*\(\s*/g },
  { files: /\.(cs|fs|vb)$/, starts: /\bProcess\.Start\b|\bProcessStartInfo\b/, calls: /\b(?:Process\.Start|new ProcessStartInfo)\s*\(\s*/g },
  {
    files: /\.php$/,
    starts: /\b(shell_exec|proc_open|popen|passthru|exec|system)\s*\(|Symfony\\Component\\Process/,
    calls: /(?<![\w>:$])(?:shell_exec|proc_open|popen|passthru|exec|system)\s*\(\s*/g,
  },
];

/** A first argument that says which program it is: a text, a list that begins with one, or the running interpreter. */
const said =
  /^(?:new\s+\w+\[\]\s*\{\s*|[[({]\s*|List\.of\(\s*|Arrays\.asList\(\s*)?(?:[rbfu$@]{0,2}["'`]|sys\.executable|os\.Args\[0\]|process\.(execPath|argv0|argv\[0\]))/;

const tests =
  /(^|\/)(tests?|__tests__|specs?|e2e|cypress|docs?|(?<!\/(com|org)\/)examples?|\.github)\/|\.(test|spec)\.\w+$|_test\.\w+$|(^|\/)test_\w+\.py$|(^|\/)(Dockerfile|Containerfile)/;

/** What files start. */
export interface Started {
  /** Names of programs among those asked for, each with the first file that has it. */
  readonly programs: ReadonlyMap<string, string>;
  /** A file that starts a program which its text does not say. */
  readonly unsaid: string | undefined;
}

/** Of a program's files; the same set each time for the same files. */
export function startedBy(context: ContextFiles, files: ReadonlySet<string>, among: readonly string[]): Started {
  const programs = new Map<string, string>();
  const words = among.filter((name) => /^[\w+.-]+$/.test(name)).map((name) => name.replaceAll(/[+.]/g, '\\$&'));
  const named = new RegExp(`["'\`](?:[^"'\`\\n]*[|;&(]\\s*)?(?:/usr(?:/local)?)?(?:/bin/)?(${words.join('|')})(?=[\\s"'\`])`, 'g');
  const starting = startingIn(files, context);
  for (const { file } of starting)
    for (const [, program = ''] of (context.text(file) ?? '').matchAll(named)) if (!programs.has(program)) programs.set(program, file);
  return { programs, unsaid: starting.find(({ isSaid }) => !isSaid)?.file };
}

/** The first file that starts another program. */
export function startsPrograms(context: ContextFiles, files: ReadonlySet<string>): string | undefined {
  return startingIn(files, context)[0]?.file;
}

/** A file that starts programs. */
interface Starting {
  readonly file: string;
  /** Its text says which. */
  readonly isSaid: boolean;
}

const startingIn = once((files: ReadonlySet<string>, context: ContextFiles): readonly Starting[] =>
  [...files].flatMap((file): Starting[] => {
    const language = tests.test(file) ? undefined : languages.find((one) => one.files.test(posix.basename(file)));
    const text = language && context.text(file);
    if (!text || !language.starts.test(text)) return [];
    const isSaid = [...text.matchAll(language.calls)].every(({ index, 0: call }) => said.test(text.slice(index + call.length, index + call.length + 40)));
    return [{ file, isSaid }];
  }),
);

/** Compiling, inspecting or attaching to a JVM from within: modules that a JDK has and a JRE not. */
const needsJdk = /\bjavax\.tools\b|\bToolProvider\b|\bjdk\.(jshell|jlink|javadoc|jpackage)\b|\bcom\.sun\.(tools|jdi|source)\b|\bsun\.tools\b|\bjdk\.tools\b/;
/** Libraries that compile Java by the compiler of the JDK, or attach to another JVM, while they run: https://kie.apache.org, https://github.com/OpenHFT/Java-Runtime-Compiler, https://community.jaspersoft.com */
const compilingLibraries = /\b(drools-(compiler|engine)|kie-ci|net\.openhft|jasperreports|gwt-dev|arthas-core)\b/;

/** A file that needs a JDK. */
export const fileNeedingJdk = once((files: ReadonlySet<string>, context: ContextFiles): string | undefined => {
  for (const file of files) {
    if (tests.test(file) || /(^|\/)src\/test\//.test(file)) continue;
    const text = /\.(java|kts?|scala|groovy)$/.test(file) ? context.text(file) : undefined;
    if (text !== undefined && needsJdk.test(text)) return file;
    if (/(^|\/)(pom\.xml|build\.gradle(\.kts)?|build\.sbt)$/.test(file) && compilingLibraries.test(context.text(file) ?? '')) return file;
  }
  return undefined;
});
