import { posix } from 'node:path';
import { isManifest } from '../ecosystems/index.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { flagsOf, laterSteps } from '../steps/neighbours.ts';
import { overlap } from '../steps/paths.ts';
import { toldApart } from './comments.ts';
import type { Question } from './question.ts';

/** Two neighbouring COPYs, to be one. */
export interface CopyPair {
  readonly facts: Facts;
  readonly first: Step;
  readonly second: Step;
}

/** Bytes from which a source is large beside another that is a tenth of it. */
const large = 1_000_000;

/** Equal in data, mode and owner where flags and folder are the same: Dockerfile facts 2.7. */
export const mayFuseCopies: Question<CopyPair> = {
  id: 'may-fuse-copies',
  refusals: [
    {
      id: 'told-apart',
      because: 'a comment keeps them apart',
      applies: ({ facts, first, second }) => toldApart(facts.dockerfile, first.instruction, second.instruction),
    },
    {
      id: 'from-elsewhere',
      because: 'layers from stages and images are parted by hand',
      applies: ({ first, second }) => first.copy?.from !== undefined || second.copy?.from !== undefined,
    },
    {
      id: 'other-flags',
      because: 'the COPYs have other flags',
      applies: ({ first, second }) => flagsOf(first) !== flagsOf(second),
    },
    {
      id: 'awkward-flags',
      because: 'the flag changes what sources mean',
      applies: ({ first }) => first.instruction.flags.find((flag) => !['from', 'chown', 'chmod', 'link'].includes(flag.name))?.name,
    },
    {
      id: 'heredoc-source',
      because: 'a heredoc brings its own file name',
      applies: ({ first, second }) => first.instruction.heredocs.length + second.instruction.heredocs.length > 0,
    },
    {
      id: 'other-folder',
      because: 'the COPYs go into different folders, or it is not sure that the destination is a folder',
      applies: ({ first, second }) => !sameFolder(first, second),
    },
    {
      id: 'variable-source',
      because: 'a variable names the source',
      applies: ({ first, second }) => sources(first, second).find((source) => source.includes('$')),
    },
    {
      id: 'source-within-source',
      because: 'one source lies in the other',
      applies: ({ first, second }) => first.copy?.sources.some((one) => second.copy?.sources.some((other) => within(one, other) || within(other, one))),
    },
    {
      id: 'manifest-and-source',
      because: 'dependencies are installed from the one and built with the other: an install will want to stand between them',
      applies: ({ first, second }) => {
        const all = sources(first, second);
        const manifest = all.find((source) => isManifest(source));
        return manifest !== undefined && all.some((source) => !isManifest(source)) && manifest;
      },
    },
    {
      id: 'read-apart',
      because: 'a later RUN names one of them and could do without the other',
      applies: ({ facts, first, second }) => readApart(facts, first, second),
    },
    {
      id: 'large-and-small',
      because: 'what is large would be stored and pushed again when what is small changes',
      applies: ({ facts, first, second }) => largeAndSmall(facts, first, second),
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'the same files arrive in the same folder, in the same order, with the same owner and mode' }),
};

function sources(first: Step, second: Step): readonly string[] {
  return [...(first.copy?.sources ?? []), ...(second.copy?.sources ?? [])];
}

function sameFolder({ copy: first }: Step, { copy: second }: Step): boolean {
  if (!first?.directory || !second?.directory) return false;
  if (/["']/.test(first.destination + second.destination)) return false;
  if (first.path !== undefined && second.path !== undefined) return first.path === second.path;
  return first.destination.replace(/\/+$/, '') === second.destination.replace(/\/+$/, '');
}

function clean(source: string): string {
  const path = posix
    .normalize(source)
    .replace(/^(\.\.?\/|\/)+/, '')
    .replace(/\/+$/, '');
  return path === '' ? '.' : path;
}

function within(inner: string, outer: string): boolean {
  const a = clean(inner);
  const b = clean(outer);
  if (b === '.' || a === b) return true;
  // A glob may match what the other names.
  if (/[*?[]/.test(b)) return posix.dirname(a) === posix.dirname(b) || posix.dirname(b) === '.' || a.startsWith(`${posix.dirname(b)}/`);
  return a.startsWith(`${b}/`);
}

/** A RUN behind them whose text names a source of only one of them. */
function readApart(facts: Facts, first: Step, second: Step): string | undefined {
  for (const later of laterSteps(facts, second)) {
    if (!later.run) continue;
    const text = later.instruction.joined.text + later.instruction.heredocs.map((heredoc) => heredoc.content).join('\n');
    const one = named(text, first);
    const other = named(text, second);
    if ((one === undefined) !== (other === undefined)) return `line ${later.instruction.startLine}, \`${one ?? other}\``;
  }
  return undefined;
}

function named(text: string, step: Step): string | undefined {
  return step.copy?.sources.find((source) => {
    const name = posix.basename(clean(source)).replace(/[*?[\]]+/g, '');
    return name.length > 2 && new RegExp(`(^|[^\\w.-])${name.replace(/[.+^${}()|\\]/g, '\\$&')}($|[^\\w-])`).test(text);
  });
}

function largeAndSmall(facts: Facts, first: Step, second: Step): string | undefined {
  const sizes = sources(first, second).map((source) => ({ source, bytes: bytesOf(facts, source) }));
  const unknown = sizes.find(({ bytes }) => bytes === undefined);
  if (unknown) return `${unknown.source} is not in the context`;
  const most = sizes.reduce((a, b) => ((b.bytes ?? 0) > (a.bytes ?? 0) ? b : a));
  const smaller = sizes.find(({ bytes }) => (bytes ?? 0) * 10 < (most.bytes ?? 0));
  return (most.bytes ?? 0) >= large && smaller ? `${most.source} (${((most.bytes ?? 0) / 1e6).toFixed(1)} MB)` : undefined;
}

/** Bytes of a source; a small text file that is not there yet counts as small. */
function bytesOf({ context }: Facts, source: string): number | undefined {
  const path = clean(source);
  const size = context.size(path);
  if (size !== undefined) return size;
  const glob = /[*?[]/.test(path);
  const folder = glob ? posix.dirname(path) : path;
  const below = context.below(folder === '.' ? '' : folder);
  const files = glob ? below.filter((file) => overlap(file, path)) : below;
  if (files.length > 0) return files.reduce((sum, file) => sum + (context.size(file) ?? 0), 0);
  if (glob) return undefined;
  return /\.(conf|cfg|cnf|ini|ya?ml|json|toml|properties|sh|bash|py|rb|js|mjs|cjs|ts|pl|php|lua|sql|txt|md|env|xml|html|css|list|service|crt|pem|repo|rules|template|tmpl|j2|vcl|tpl)$/i.test(
    path,
  )
    ? 0
    : undefined;
}
