import type { Leaving } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import type { ListItem, Script } from '../shell/script.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { leavesSourcesAlone } from '../steps/installs.ts';
import { livesOn } from '../steps/leavings.ts';
import { isPlainList, laterSteps } from '../steps/neighbours.ts';
import { overlap } from '../steps/paths.ts';
import { leavesShell, mayCleanUp } from './clean-up.ts';
import { onBuild, stepsOnItsLeavings, unreadScriptAfter, type CleanUp } from './lived-on.ts';
import type { Question } from './question.ts';

/** Where a later install gets an update of its own, and the call of the update as the RUN itself wrote it. */
export interface Renewal {
  readonly script: Script;
  readonly item: ListItem;
  readonly command: string;
}

/** A heredoc has no update that could be repeated. */
const notClean = mayCleanUp.refusals.filter(({ id }) => id !== 'later-install' && id !== 'heredoc');

export const mayRenew: Question<CleanUp> & { places(subject: CleanUp): Renewal[] } = {
  id: 'may-renew',
  refusals: [
    ...notClean,
    {
      id: 'no-update-of-its-own',
      because: 'the RUN does not fetch it by a call that could be repeated',
      applies: ({ step, left }) => updateText(step, left.leaving) === undefined,
    },
    {
      id: 'renewal-stays-dirty',
      because: 'a later install could not be cleaned up after',
      applies: ({ facts, step, left }) => consumers(facts, step, left.leaving).some((one) => leavesShell(one.step) !== undefined),
    },
    {
      id: 'no-place-for-update',
      because: 'a later install stands where no update can be put before it',
      applies: ({ facts, step, left }) => consumers(facts, step, left.leaving).some((one) => one.place === undefined),
    },
  ],
  answer: ({ facts, step, left }) => {
    const unread = consumers(facts, step, left.leaving)
      .map((one) => unreadScriptAfter(facts, one.step))
      .find((script) => script !== undefined);
    const touched = sourcesTouched(facts, step, left.leaving);
    const because = `${left.leaving.because}; an install with an update of its own never meets a stale index`;
    if (unread) return { allowed: 'review', because, differs: `\`${unread.path}\` cannot be read: if it installs without fetching the index itself, it fails` };
    return touched === undefined
      ? { allowed: 'safe', because }
      : { allowed: 'review', because, differs: `${touched} may change where packages come from: the later install would see it` };
  },
  places: ({ facts, step, left }) => {
    const command = updateText(step, left.leaving) ?? '';
    return consumers(facts, step, left.leaving).flatMap(({ place, prefix }) => (place ? [{ ...place, command: prefix + command }] : []));
  },
};

/** `apt-get update`, as the RUN has it, without `sudo`; what it prints goes where it went. */
function updateText(step: Step, leaving: Leaving): string | undefined {
  // An update whose failure the author tolerated must not end another RUN.
  if (!step.run?.script || !isPlainList(step.run)) return undefined;
  const call = step.run.commands.find((command) => command.use?.action === 'update' && command.use.renews.includes(leaving.id) && command.use.actionAt >= 0);
  if (!call || call.arguments.some((argument) => argument.value === undefined)) return undefined;
  const { words, redirections, end } = call.command;
  if (redirections.some(({ operator, target }) => operator !== '>&' && target?.value !== '/dev/null')) return undefined;
  const redirected = step.run.script.source.text.slice(words.at(-1)?.end, end).trim();
  return [call.path, ...call.arguments.map((argument) => argument.text), ...(redirected === '' ? [] : [redirected])].join(' ');
}

function consumers(
  facts: Facts,
  step: Step,
  leaving: Leaving,
): { readonly step: Step; readonly place: Omit<Renewal, 'command'> | undefined; readonly prefix: string }[] {
  const found = [];
  for (const later of stepsOnItsLeavings(facts, step, leaving)) {
    if (onBuild(later, leaving)) found.push({ step: later, place: undefined, prefix: '' });
    const command = livesOn(later, leaving);
    if (!command) continue;
    const script = later.run?.form === 'shell' ? later.run.script : undefined;
    const item = script?.items.find((one) => one.pipeline.includes(command.command));
    const plain =
      item?.pipeline.length === 1 &&
      script?.items.every((one) => (one.connector ?? '&&') === '&&' && !one.background) &&
      later.instruction.flags.length === 0 &&
      ['install', 'upgrade'].includes(command.use?.action ?? '');
    found.push({ step: later, place: script && plain ? { script, item } : undefined, prefix: command.prefix });
  }
  return found;
}

/** A step after the update of which it is not known that it leaves the manager's sources and the way to them alone. */
function sourcesTouched(facts: Facts, step: Step, leaving: Leaving): string | undefined {
  const last = [...stepsOnItsLeavings(facts, step, leaving)].findLast((one) => livesOn(one, leaving) !== undefined);
  if (!last) return undefined;
  const [touching] = laterSteps(facts, step, stepsThatTouch(facts));
  if (touching && touching.instruction.index < last.instruction.index) return touchesSources(touching);
  const install = livesOn(last, leaving);
  const before =
    last.run?.commands.slice(
      0,
      last.run.commands.findIndex((command) => command === install),
    ) ?? [];
  return touchesSources(last, before);
}

const stepsThatTouch = once((facts: Facts) => facts.steps.filter((one) => touchesSources(one) !== undefined));

/** What of a step touches them, of its RUN these commands. */
function touchesSources({ instruction, copy, run }: Step, commands = run?.commands ?? []): string | undefined {
  const line = `line ${instruction.startLine}`;
  const { keyword, argument } = instruction;
  if ((keyword === 'ENV' || keyword === 'ARG') && /proxy/i.test(argument.text)) return line;
  if (copy && overlap(copy.path ?? (copy.destination.startsWith('/') ? '/etc' : `/${copy.destination}`), '/etc')) return line;
  if (run && run.opaque !== undefined) return line;
  const touching = run && commands.find((command) => !leavesSourcesAlone(run, command));
  return touching && `${line}, \`${touching.path ?? '?'}\``;
}
