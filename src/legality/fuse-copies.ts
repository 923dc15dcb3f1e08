import { posix } from 'node:path';
import { isManifest } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { flagsOf, laterSteps } from '../steps/neighbours.ts';
import { overlap } from '../steps/paths.ts';
import { contextPath } from '../workspace/context-path.ts';
import { toldApart } from './comments.ts';
import type { Question } from './question.ts';

/** Two neighbouring COPYs, to be one. */
export interface CopyPair {
  readonly facts: Facts;
  readonly first: Step;
  readonly second: Step;
  /** All COPYs that would stand before the second, the first the last of them. */
  readonly earlier: readonly Step[];
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
      applies: ({ facts, first, second }) => toldApart(facts, first.instruction, second.instruction),
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
      id: 'from-elsewhere',
      because: 'layers from stages and images are parted by hand',
      applies: ({ first, second }) => first.copy?.from !== undefined || second.copy?.from !== undefined,
    },
    {
      id: 'variable-source',
      because: 'a variable names the source',
      applies: ({ first, second }) => sources(first, second).find((source) => source.includes('$')),
    },
    {
      id: 'source-within-source',
      because: 'one source lies in the other',
      applies: ({ earlier, second }) => {
        const added = placesOf(second);
        return earlier.some((step) => placesOf(step).some((one) => added.some((other) => meet(one, other))));
      },
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
      applies: ({ facts, earlier, second }) => largeAndSmall(facts, earlier, second),
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

/** The sources of a COPY, as paths from the root of its context. */
const placesOf = once(({ copy }: Step): string[] => (copy?.sources ?? []).map(contextPath));

/** One of them holds the other, or a pattern may match it. */
function meet(one: string, other: string): boolean {
  return one === '.' || other === '.' || overlap(one, other);
}

/** A RUN behind them whose text names a source of only one of them. */
function readApart(facts: Facts, first: Step, second: Step): string | undefined {
  for (const later of laterSteps(facts, second, runsOf(facts))) {
    const one = named(later, first);
    const other = named(later, second);
    if ((one === undefined) !== (other === undefined)) return `line ${later.instruction.startLine}, \`${one ?? other}\``;
  }
  return undefined;
}

const runsOf = once((facts: Facts) => facts.steps.filter((step) => step.run));

const textOf = once(({ instruction }: Step) => instruction.joined.text + instruction.heredocs.map((heredoc) => heredoc.content).join('\n'));

function named(run: Step, copy: Step): string | undefined {
  const text = textOf(run);
  return namesOf(copy).find(({ name, pattern }) => text.includes(name) && pattern.test(text))?.source;
}

/** The sources by whose names a RUN would name them. */
const namesOf = once(({ copy }: Step) =>
  (copy?.sources ?? []).flatMap((source) => {
    const name = posix.basename(contextPath(source)).replace(/[*?[\]]+/g, '');
    return name.length > 2 ? { source, name, pattern: new RegExp(`(^|[^\\w.-])${name.replace(/[.+^${}()|\\]/g, '\\$&')}($|[^\\w-])`) } : [];
  }),
);

function largeAndSmall(facts: Facts, earlier: readonly Step[], second: Step): string | undefined {
  const sizes = [...earlier, second].map((step) => sizesIn(facts)(step));
  let most: Size | undefined;
  let least = Infinity;
  for (const { unknown, smallest, largest } of sizes) {
    if (unknown !== undefined) return `${unknown} is not in the context`;
    if (largest && largest.bytes > (most?.bytes ?? -1)) most = largest;
    least = Math.min(least, smallest);
  }
  return most && most.bytes >= large && least * 10 < most.bytes ? `${most.source} (${(most.bytes / 1e6).toFixed(1)} MB)` : undefined;
}

interface Size {
  readonly source: string;
  readonly bytes: number;
}

/** The first source whose size is not known, and the least and the most bytes of one. */
const sizesIn = once((facts: Facts) =>
  once(({ copy }: Step) => {
    let unknown: string | undefined;
    let largest: Size | undefined;
    let smallest = Infinity;
    for (const source of copy?.sources ?? []) {
      const bytes = bytesOf(facts, source);
      if (bytes === undefined) unknown ??= source;
      else if (!largest || bytes > largest.bytes) largest = { source, bytes };
      smallest = Math.min(smallest, bytes ?? Infinity);
    }
    return { unknown, largest, smallest };
  }),
);

/** Bytes of a source; a small text file that is not there yet counts as small. */
function bytesOf({ context }: Facts, source: string): number | undefined {
  const path = contextPath(source);
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
