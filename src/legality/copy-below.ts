import { posix } from 'node:path';
import type { Facts } from '../steps/facts.ts';
import { changeCounts, installsByName, type ChangeCounts, type SourceAbove } from '../steps/installs-by-name.ts';
import { filesBefore } from '../steps/image-files.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import { sharersOf, chainOf } from '../steps/shared-prefix.ts';
import { toldApart } from './comments.ts';
import type { Question } from './question.ts';

/** COPYs that come below installs which have no use for them. */
export interface CopyBelow {
  readonly facts: Facts;
  readonly above: SourceAbove;
}

export const mayCopyBelow: Question<CopyBelow> = {
  id: 'may-copy-below',
  refusals: [
    {
      id: 'told-apart',
      because: 'a comment tells why it stands where it does',
      applies: ({ facts, above: { moved, passed } }) =>
        [...moved, ...passed]
          .map(({ instruction }) => toldApart(facts, facts.dockerfile.instructions[instruction.index - 1] ?? instruction, instruction))
          .find((comment) => comment !== undefined),
    },
    {
      id: 'named-by-settings',
      because: 'what the manager goes by names the place that it is copied to',
      applies: ({ facts, above }) => settingsNaming(facts, above),
    },
    {
      id: 'changes-as-rarely',
      because: 'what is copied does not change twice as often as what is installed',
      applies: ({ facts, above }) => {
        const counts = changeCounts(above, facts);
        return counts && counts.copied < 2 * Math.max(counts.installed, 1) && told(counts);
      },
    },
    {
      id: 'shared-prefix',
      because: 'another Dockerfile begins with the same steps and would keep them as they are: each would then store and push its own',
      applies: ({ facts, above }) => sharerInTheWay(facts, above),
    },
  ],
  answer: ({ facts, above }) => {
    const counts = changeCounts(above, facts);
    const [installs, reads] = above.passed.filter(installsByName).length === 1 ? ['the RUN installs', 'reads'] : ['the RUNs install', 'read'];
    return {
      allowed: 'review',
      because: `${installs} packages by name and ${reads} nothing of what is copied, which changes more often${counts ? `: ${told(counts)}` : ''}`,
      differs: 'the packages are those of the day on which the RUN, or what is above it, was last changed, and not of the last edit of the source',
    };
  },
};

/** A hook or a source of packages that a COPY or a RUN above the install put among the settings of the system: `APT::Update::Post-Invoke`, `deb file:/srv/packages`. */
function settingsNaming(facts: Facts, { moved, behind }: SourceAbove): string | undefined {
  const places = moved.flatMap(({ copy }) => copy?.path ?? []);
  const names = (text = ''): boolean => places.some((place) => namesPlace(text, place));
  for (const [path, { source }] of filesBefore(behind, facts)) if (path.startsWith('/etc/') && names(facts.context.text(source))) return source;
  const writing = earlierSteps(behind).find(({ run, instruction: { joined } }) => run && ofManagers.test(joined.text) && names(joined.text));
  return writing && `line ${writing.instruction.startLine}`;
}

const ofManagers = /\/etc\/(apt|yum|dnf|apk|zypp|pacman)/;

/** The text has the path or a folder above it. */
function namesPlace(text: string, place: string): boolean {
  for (let folder = place; folder !== '/' && folder !== '.'; folder = posix.dirname(folder))
    if (text.split(folder).some((rest, i) => i > 0 && (folder === place ? !/^[\w.-]/.test(rest) : !/^\/?[\w.-]/.test(rest)))) return true;
  return false;
}

function told({ commits, copied, installed }: ChangeCounts): string {
  return `of the last ${commits} commits ${copied} changed what is copied, and ${installed} what is installed`;
}

/** It has the COPY in common with this file, and not all of the RUNs. What is copied out of another folder is something else. */
function sharerInTheWay(facts: Facts, { moved: [first], behind }: SourceAbove): string | undefined {
  if (!first) return undefined;
  const { folder, dockerfile } = facts.context;
  const ofFolder = folder !== undefined && dockerfile?.includes('/') === false;
  const last = chainOf(behind.stage).indexOf(behind);
  for (const { file, shared } of sharersOf(facts, first)) if (shared <= last && !(ofFolder && posix.dirname(file.path) !== (folder || '.'))) return file.path;
  return undefined;
}
