import { createTwoFilesPatch } from 'diff';
import { refusalsOf } from '../../src/legality/question.ts';
import { reportOf, runAll, type Fixture } from '../../src/testing/fixture.ts';
import type { Transform } from '../../src/transform.ts';

/** The page of a transform: what its definition says, its smallest fixture as an example, and a fixture for each refusal. */
export function transformPage(transform: Transform, fixtures: readonly Fixture[]): string {
  const { id, title, benefit, level, default: state = 'on', keeps, does = [], asks = [], caveats = [], references = [] } = transform;
  const reports = new Map(
    fixtures.map((fixture) => [fixture.name, [...safely(fixture, transform).results].map(([path, result]) => reportOf(path, result)).join('')]),
  );
  const refusals = refusalsOf(asks);
  const sections = [
    `<!-- Written by \`npm run docs\` from the transform and its fixtures. -->\n\n# ${id}\n\n${title}.`,
    benefit ?? '',
    [
      `- Level: ${level}${level === 'safe' ? ', and `review` where something may differ' : ''} ([levels](../levels.md))`,
      `- Runs: ${state === 'on' ? 'by itself' : `only with \`--only ${id}\``}`,
      `- Keeps: ${keeps.join(', ')}`,
      ...(does.length > 0 ? [`- Does: ${does.join(', ')}`] : []),
    ].join('\n'),
    example(transform, fixtures),
    refusals.length === 0
      ? ''
      : `## It holds back where\n\n${refusals.map((refusal) => `- **${refusal.id}**: ${sentence(refusal.because)}${shownIn(refusal.id, reports)}`).join('\n')}`,
    caveats.length === 0 ? '' : `## Mind\n\n${caveats.map((text) => `- ${text}`).join('\n')}`,
    references.length === 0 ? '' : `## See\n\n${references.map((text) => `- <${text}>`).join('\n')}`,
    `## Keep it away\n\nAt one place with a comment above the instruction, \`# dockopt-ignore ${id} -- reason\`; everywhere with \`--skip ${id}\`.`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** Fixtures that show more of a transform than its shortest one. */
const telling: Readonly<Record<string, string>> = {
  'chain-runs': 'update-with-its-install',
  'clean-package-caches': 'apt-lists',
  'legacy-key-value-format': 'values',
  'order-by-change': 'revision-above-installs',
  'split-manifests': 'npm-no-ignore-file',
};

function example(transform: Transform, fixtures: readonly Fixture[]): string {
  const changed = fixtures
    .filter((fixture) => fixture.before.has('Dockerfile') && (fixture.after.has('Dockerfile') || fixture.after.has('.dockerignore')))
    .map((fixture) => ({ fixture, size: [...fixture.after.values()].join('').length }))
    .toSorted((one, other) => one.size - other.size);
  const { fixture } = changed.find((one) => one.fixture.name === telling[transform.id]) ?? changed[0] ?? {};
  if (!fixture) return '';
  const { results, files } = safely(fixture, transform);
  const patches = ['Dockerfile', '.dockerignore'].flatMap((path) => {
    const [before, after] = [fixture.before.get(path) ?? '', files.get(path) ?? ''];
    if (before === after) return [];
    const lines = createTwoFilesPatch('', '', before, after, '', '', { context: 20 })
      .trimEnd()
      .split('\n')
      .slice(5)
      .map((line) => (line === ' ' ? '' : line));
    return [`${path === 'Dockerfile' ? '' : `In \`${path}\`:\n\n`}\`\`\`diff\n${lines.join('\n')}\n\`\`\``];
  });
  const reasons = results.get('Dockerfile')?.changes.map(({ because, saves }) => `${sentence(because)}${saves === undefined ? '' : ` ${sentence(saves)}`}`);
  return `## Example\n\n${patches.join('\n\n')}\n\n${[...new Set(reasons)].join('\n')}`;
}

function safely(fixture: Fixture, transform: Transform) {
  return runAll(fixture, { level: 'safe', transforms: [transform] });
}

function shownIn(refusal: string, reports: ReadonlyMap<string, string>): string {
  const name = [...reports].find(([, report]) => report.includes(`: ${refusal}\n`))?.[0];
  return name === undefined ? '' : ` (fixture \`${name}\`)`;
}

function sentence(text: string): string {
  const ended = /[.!?…]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
