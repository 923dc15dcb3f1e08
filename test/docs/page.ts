import { createTwoFilesPatch } from 'diff';
import { refusalsOf } from '../../src/legality/question.ts';
import { dockerfilesOf, reportOf, run, type Fixture } from '../../src/testing/fixture.ts';
import type { Transform } from '../../src/transform.ts';

/** The page of a transform: what its definition says, its smallest fixture as an example, and a fixture for each refusal. */
export function transformPage(transform: Transform, fixtures: readonly Fixture[]): string {
  const { id, title, benefit, level, default: state = 'on', keeps, does = [], asks = [], caveats = [], references = [] } = transform;
  const reports = new Map(
    fixtures.map((fixture) => [
      fixture.name,
      dockerfilesOf(fixture)
        .map((path) => reportOf(path, safely(fixture, path, transform)))
        .join(''),
    ]),
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
const telling: Readonly<Record<string, string>> = { 'chain-runs': 'update-with-its-install', 'clean-package-caches': 'apt-lists' };

function example(transform: Transform, fixtures: readonly Fixture[]): string {
  const changed = fixtures
    .filter((fixture) => fixture.before.has('Dockerfile') && fixture.after.has('Dockerfile'))
    .map((fixture) => ({ name: fixture.name, text: fixture.before.get('Dockerfile') ?? '' }))
    .toSorted((one, other) => one.text.length - other.text.length);
  const shown = changed.find(({ name }) => name === telling[transform.id]) ?? changed[0];
  const fixture = fixtures.find(({ name }) => name === shown?.name);
  if (!shown || !fixture) return '';
  const { text } = shown;
  const result = safely(fixture, 'Dockerfile', transform);
  const patch = createTwoFilesPatch('', '', text, result.text, '', '', { context: 20 }).split('\n').slice(5).join('\n').trimEnd();
  const reasons = result.changes.map(({ because, saves }) => `${sentence(because)}${saves === undefined ? '' : ` ${sentence(saves)}`}`);
  return `## Example\n\n\`\`\`diff\n${patch}\n\`\`\`\n\n${[...new Set(reasons)].join('\n')}`;
}

function safely(fixture: Fixture, path: string, transform: Transform) {
  return run(fixture, path, { level: 'safe', transforms: [transform] });
}

function shownIn(refusal: string, reports: ReadonlyMap<string, string>): string {
  const name = [...reports].find(([, report]) => report.includes(`: ${refusal}\n`))?.[0];
  return name === undefined ? '' : ` (fixture \`${name}\`)`;
}

function sentence(text: string): string {
  const ended = /[.!?…]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
