// What `introduce-stages` and `slim-base` make of applications that ship from one stage: `npm run proof:stages -- DIR [COUNT [SEED]]`, DIR a folder of git
// checkouts. Applications are found by other eyes than the code's own: one for each folder, drawn by SEED (1) where it has several Dockerfiles. Of those that are
// converted COUNT (12) are drawn whose bases the engine has, built before and after, started, and asked. The table goes to docs/stages.md. A 1 where one answers
// in another way, or does not build any more.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { discover } from '../src/discover.ts';
import type { Outcome } from '../src/outcome.ts';
import { runFile } from '../src/run.ts';
import { docker } from '../src/verify/docker.ts';
import { removeAll, type Engine } from '../src/verify/engine.ts';
import { answerOf, type Question } from '../test/docker/answers.ts';
import { buildText, hasBases, network, sizeOf, standIn, testEngine } from '../test/docker/engine.ts';
import { drawn } from './corpus/draw.ts';
import { machine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';

interface Application {
  /** Of its Dockerfile, with the repository in front. */
  readonly name: string;
  readonly checkout: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly tool: string;
  /** The repository holds, in its folder or below, the manifest of what it builds: it is an application, and no image of tools or of what is fetched from elsewhere. */
  readonly isOwn: boolean;
}

interface Row extends Application {
  readonly outcome: Outcome;
  /** What converts it; undefined where nothing does. */
  readonly by: string | undefined;
  /** Why nothing does: ids of refusals. */
  readonly refusals: readonly string[];
}

interface Built {
  readonly name: string;
  readonly ratio: number;
  /** What was compared, in words. */
  readonly compared: string;
  readonly same: boolean;
}

const [, , place, count = '12', seed = '1'] = process.argv;
const ids = ['introduce-stages', 'slim-base'];
/** What takes longer to build as it is, is not compared. */
const mostSeconds = 400;
const atOnce = 3;
/** What one tool builds in a repository of which more could not be compared is left: the others are of the same kind. */
const mostFailures = 4;
/** Then nothing more is drawn. */
const mostMinutes = 25;

/** What compiles, or bundles. */
const compiles = {
  go: /\bgo (build|install)\b/,
  cargo: /\bcargo (build|install)\b/,
  maven: /\bmvnw?\b/,
  gradle: /\bgradlew?\b/,
  sbt: /\bsbt\b/,
  dotnet: /\bdotnet (publish|build)\b/,
  haskell: /\b(stack|cabal) /,
  'npm, built': /\b(npm run|yarn|pnpm) (run )?\S*build|\btsc\b/,
};

/** What starts no program. */
const startsNothing = /^\s*(CMD|ENTRYPOINT)\s+(sleep\s|\[\s*"sleep"|(\[\s*")?(\/bin\/)?(ba)?sh("\s*\])?\s*$)/im;

/** Files that say what one of them builds or installs. */
const manifests: Readonly<Record<string, RegExp>> = {
  go: /(^|\/)go\.mod$|\.go$/,
  cargo: /(^|\/)Cargo\.toml$/,
  maven: /(^|\/)pom\.xml$/,
  gradle: /(^|\/)build\.gradle(\.kts)?$/,
  sbt: /(^|\/)build\.sbt$/,
  dotnet: /\.(cs|fs|vb)proj$/,
  haskell: /(^|\/)(stack\.yaml|cabal\.project|[^/]+\.cabal)$/,
  'npm, built': /(^|\/)package\.json$/,
  npm: /(^|\/)package\.json$/,
  pip: /(^|\/)(requirements[^/]*\.(txt|in)|pyproject\.toml|Pipfile|setup\.py)$/,
  bundler: /(^|\/)Gemfile$/,
  composer: /(^|\/)composer\.json$/,
};

/** What the transforms have no recipe for. */
const withoutRecipe = new Set(['composer', 'haskell']);

/** What installs the packages of a project. */
const installs = {
  npm: /\b(npm (ci|i|install)|yarn|pnpm (i|install))\b/,
  pip: /\bpip[\d.]* install\b|\b(uv sync|poetry install|pipenv (install|sync))\b/,
  bundler: /\bbundle\b/,
  composer: /\bcomposer\b/,
};

/** An image of a language that holds compilers: all but its slim, Alpine and run-time variants. */
const fullBase = /^FROM\s+(--\S+\s+)?(\S+\/)?(node|python|pypy|ruby|golang|rust)(:(?!\S*(slim|alpine))\S*)?(\s|$)/im;
const installsCompilers = /\b(apt|apt-get|apk)\b.*\b(install|add)\b.*\s(build-essential|build-base|gcc|g\+\+|make|cmake|\S+-dev)(\s|$)/;

if (place === undefined) {
  console.error('usage: npm run proof:stages -- DIR [COUNT [SEED]]');
  process.exitCode = 2;
} else {
  const engine = await testEngine();
  if (engine || count === '0') await main(resolve(place), engine);
  else process.exitCode = 3;
}

async function main(folder: string, engine: Engine | undefined): Promise<void> {
  const checkouts = readdirSync(folder).filter((name) => existsSync(join(folder, name, '.git')));
  const all: Row[] = [];
  for (const name of checkouts.toSorted()) for (const application of applicationsIn(join(folder, name))) all.push(await rowOf(application));
  const rows = all.filter(({ isOwn }) => isOwn);
  const { built, failed } = engine ? await buildSome(rows, engine) : { built: [], failed: [] };
  const text = await page(
    rows,
    all.filter(({ isOwn }) => !isOwn),
    built,
    failed,
  );
  if (Number(count) > 0) writeFileSync(join(import.meta.dirname, '..', 'docs', 'stages.md'), text);
  console.log(text);
  if (built.some(({ same }) => !same)) process.exitCode = 1;
}

/** One for each folder: it has one stage, starts something, and holds what only its build needs. */
function applicationsIn(checkout: string): Application[] {
  const tracked = filesOf(checkout);
  const found = discover([checkout], checkout).files.flatMap(({ path }): Application[] => {
    const text = readFileSync(path, 'utf8');
    const tool = toolOf(text);
    const name = `${basename(checkout).replace('+', '/')}: ${relative(checkout, path)}`;
    if (tool === undefined || startsNothing.test(text)) return [];
    const folder = relative(checkout, dirname(path));
    const isOwn = tracked.some((file) => (folder === '' || file.startsWith(`${folder}/`)) && manifests[tool]?.test(file));
    return [{ name, checkout, path, text, tool, isOwn }];
  });
  const folders = new Map<string, Application>();
  for (const one of drawn(Number(seed), found)) if (!folders.has(dirname(one.path))) folders.set(dirname(one.path), one);
  return [...folders.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function filesOf(checkout: string): string[] {
  const { stdout } = spawnSync('git', ['-C', checkout, 'ls-tree', '-r', '-z', '--name-only', 'HEAD'], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return stdout.split('\0');
}

/** What builds an application that ships from one stage what only its build needs; undefined for any other Dockerfile. */
function toolOf(text: string): string | undefined {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n');
  const of = (keyword: string): string[] => lines.filter((line) => new RegExp(`^\\s*${keyword}\\s`, 'i').test(line));
  if (of('FROM').length !== 1 || of('CMD|ENTRYPOINT').length === 0 || /windows|nanoserver/i.test(of('FROM')[0] ?? '')) return undefined;
  const runs = of('RUN').join('\n');
  const compiler = Object.entries(compiles).find(([, pattern]) => pattern.test(runs))?.[0];
  if (compiler !== undefined) return compiler;
  const manager = Object.entries(installs).find(([, pattern]) => pattern.test(runs))?.[0];
  return manager !== undefined && (fullBase.test(text) || installsCompilers.test(runs)) ? manager : undefined;
}

async function rowOf(application: Application): Promise<Row> {
  const outcome = await runFile(application.path, { level: 'review', only: ids, cwd: application.checkout });
  const by = ids.find((id) => outcome.changes.some((change) => change.id === id));
  const declined = ids.flatMap((id) => outcome.declined.find((one) => one.id === id)?.refusal ?? []);
  const refusals = declined.length > 0 ? declined : [outcome.status === 'unchanged' ? 'not asked' : outcome.status];
  return { ...application, outcome, by, refusals };
}

async function buildSome(rows: readonly Row[], engine: Engine): Promise<{ readonly built: Built[]; readonly failed: string[] }> {
  const built: Built[] = [];
  const failed: string[] = [];
  const candidates: Row[] = [];
  for (const row of rows) if (row.by !== undefined && (await hasBases(row.text)) && (await hasBases(row.outcome.text))) candidates.push(row);
  const order = inTurn(candidates);
  const failures = new Map<string, number>();
  const work = async (): Promise<void> => {
    for (const row of order) {
      if (built.length >= Number(count) || performance.now() > mostMinutes * 60_000) return;
      if ((failures.get(kindOf(row)) ?? 0) >= mostFailures) continue;
      const result = await builtOf(row, engine);
      if (typeof result === 'string') {
        failed.push(row.name);
        failures.set(kindOf(row), (failures.get(kindOf(row)) ?? 0) + 1);
      } else built.push(result);
      console.error(
        `${row.name}: ${typeof result === 'string' ? `not built: ${result}` : `${result.ratio.toFixed(2)} ${result.compared} ${result.same ? 'the same' : 'DIFFERENT'}`}`,
      );
    }
  };
  try {
    // Some at a time, as most of a build is waiting.
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    await removeAll(engine);
  }
  return { built, failed };
}

/** What one tool builds in one repository. */
function kindOf({ checkout, tool }: Row): string {
  return `${checkout} ${tool}`;
}

/** Drawn from each kind in turn, so that none that is large stands for all. */
function* inTurn(rows: readonly Row[]): Generator<Row> {
  const kinds = [...new Set(rows.map(kindOf))].toSorted();
  let left = kinds.map((kind) => [
    ...drawn(
      Number(seed),
      rows.filter((row) => kindOf(row) === kind),
    ),
  ]);
  while (left.length > 0) {
    for (const some of left) yield* some.splice(0, 1);
    left = left.filter((some) => some.length > 0);
  }
}

/** The stand-in for Python's full image has no compilers, which the image itself has. */
async function withCompilers(text: string): Promise<string> {
  const base = /^FROM\s+(python:(?!\S*(?:slim|alpine))\S+)/m.exec(text)?.[1];
  if (base === undefined) return text;
  const packages = 'build-essential git curl libffi-dev libpq-dev libssl-dev default-libmysqlclient-dev pkg-config python3-dev';
  const tag = await standIn(base, `RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*`);
  return text.replaceAll(/^(FROM\s+)(\S+)/gm, (all, from: string, image: string) => (image === base ? from + tag : all));
}

/** Why it does not build as it is, or does not answer then: nothing can be compared. */
async function builtOf({ name, checkout, text, outcome }: Row, engine: Engine): Promise<Built | string> {
  const context = join(checkout, outcome.context?.path ?? '.');
  const question = questionOf(text);
  let before: { readonly tag: string; readonly answer: string };
  try {
    const tag = await buildWithin(engine, await withCompilers(text), context);
    before = { tag, answer: (await answerOf(tag, question)).answer };
  } catch (error) {
    return (
      String(error)
        .split('\n')
        .findLast((line) => /\S/.test(line))
        ?.slice(0, 200) ?? ''
    );
  }
  try {
    const tag = await buildText(engine, await withCompilers(outcome.text), context);
    const { answer } = await answerOf(tag, question);
    const ratio = (await sizeOf(tag)) / (await sizeOf(before.tag));
    const compared = question ? `GET ${question.path}: ${before.answer.slice(0, 3)}` : 'what it prints';
    return { name, ratio, compared, same: alike(answer) === alike(before.answer) };
  } catch (error) {
    console.error(String(error));
    return { name, ratio: Number.NaN, compared: 'it fails after', same: false };
  }
}

async function buildWithin({ label }: Engine, text: string, context: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-stages-'));
  try {
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, text);
    const tag = `dockopt-verify:${randomUUID()}`;
    const options = ['--progress=plain', ...network, '--label', label, '--tag', tag, '--file', dockerfile];
    const { exitCode, stderr } = await docker(['build', ...options, context], { milliseconds: mostSeconds * 1000 });
    if (exitCode === null) throw new Error(`longer than ${mostSeconds} s`);
    if (exitCode !== 0) throw new Error(stderr.trim());
    return tag;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first port that the image names, at its root. */
function questionOf(text: string): Question | undefined {
  const port =
    (/^EXPOSE\s+(\d+)/im.exec(text) ?? /^ENV\s+PORT[= ](\d+)/im.exec(text) ?? /--port[=", ]+(\d+)/.exec(text))?.[1] ??
    (/\$\{?PORT\b/.test(text) ? '8080' : undefined);
  return port === undefined ? undefined : { port: Number(port), path: '/' };
}

/** Without what is another one each time: times, and what names the container. */
function alike(answer: string): string {
  return answer.replaceAll(/\d{2}:\d{2}(:\d{2})?([.,]\d+)?/g, 'TIME').replaceAll(/\b[0-9a-f]{8,}\b/g, 'ID');
}

async function page(rows: readonly Row[], others: readonly Row[], built: readonly Built[], failed: readonly string[]): Promise<string> {
  const share = (some: readonly Row[], all: readonly Row[] = rows): string =>
    `${some.length} (${((100 * some.length) / Math.max(1, all.length)).toFixed(0)} %)`;
  const converted = rows.filter(({ by }) => by !== undefined);
  const tools = [...new Set(rows.map(({ tool }) => tool))].toSorted();
  const byTool = tools.map((tool) => {
    const all = rows.filter((row) => row.tool === tool);
    return [
      tool,
      String(all.length),
      ...ids.map((id) => String(all.filter(({ by }) => by === id).length)),
      share(
        all.filter(({ by }) => by !== undefined),
        all,
      ),
    ];
  });
  const reasons = new Map<string, number>();
  for (const { by, refusals } of rows) if (by === undefined) reasons.set(refusals[0] ?? '', (reasons.get(refusals[0] ?? '') ?? 0) + 1);
  const byReason = [...reasons].toSorted((a, b) => b[1] - a[1]).map(([reason, times]) => [reason, String(times)]);
  const mean = built.reduce((sum, { ratio }) => sum + ratio, 0) / Math.max(1, built.length);
  return `# Applications that ship from one stage

${rows.length} applications of public repositories: every folder with a Dockerfile of one stage that starts something and holds what only its build needs, and whose folder holds the manifest of what is built, found by eyes that share nothing with \`src/\`; of several Dockerfiles in a folder one is drawn by seed ${seed}. \`introduce-stages\` or \`slim-base\` converts ${share(converted)}, of those in a language whose builds they know ${share(
    converted,
    rows.filter(({ tool }) => !withoutRecipe.has(tool)),
  )}.

${markdownTable([['built by', 'applications', ...ids, 'converted'], ...byTool])}

Why the others stay as they are, by the first refusal (\`not asked\`: no tool that builds it, or no base, is known to these transforms):

${markdownTable([['refusal', 'applications'], ...byReason])}

## Really built

${await machine()}, stand-ins for the official bases, Python's full one with the compilers that the image has (what counts is the ratio of after to before): of those that are converted ${built.length} were drawn by seed ${seed}, from each kind in turn (what one tool builds in one repository), that the engine can build as they are. Before and after each was started without a network and asked for \`/\` at the first port that it names; where it names none, what it prints was compared. The same answer: ${built.filter(({ same }) => same).length}. Mean size: ×${mean.toFixed(2)}. Drawn, and not to be compared, as they do not build in ${mostSeconds} seconds, or do not answer as they are: ${failed.length}; a kind with ${mostFailures} of these was left.

${markdownTable([['application', 'image', 'compared', 'the same'], ...built.map(({ name, ratio, compared, same }) => [name, `×${ratio.toFixed(2)}`, compared, same ? 'yes' : 'no'])])}

## All of them

${listed(rows)}

## Not counted

${others.length} Dockerfiles look alike, but their folder holds no manifest: they install tools by name, or fetch what they build. ${share(
    others.filter(({ by }) => by !== undefined),
    others,
  )} are converted.

${listed(others)}

Written by \`npm run proof:stages -- DIR\`.
`;
}

function listed(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, tool, by, refusals }) => `${(by ?? 'left').padEnd(16)}  ${tool.padEnd(10)}  ${name}${by === undefined ? `  ${refusals.join(', ')}` : ''}`,
  );
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``;
}
