import type { Leaving } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import type { ListItem, Script } from '../shell/script.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { changesNoSources } from '../steps/installs.ts';
import { publishedScript } from '../steps/known-scripts.ts';
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

/** Programs that build and fetch, and leave the manager's sources alone. */
const leavesSources =
  /^(make|cmake|gcc|g\+\+|git|gem|bundle|go|cargo|composer|pecl|docker-php-ext-(install|configure|enable)|openssl|npm|npx|yarn|pnpm|mvn|gradle|javac|service|rosdep)$/;

/** A step after the update of which it is not known that it leaves the manager's sources and the way to them alone. */
function sourcesTouched(facts: Facts, step: Step, leaving: Leaving): string | undefined {
  const last = [...stepsOnItsLeavings(facts, step, leaving)].findLast((one) => livesOn(one, leaving) !== undefined);
  const [touching] = laterSteps(facts, step, stepsThatTouch(facts));
  return touching && last && touching.instruction.index < last.instruction.index ? touchesSources(touching) : undefined;
}

const stepsThatTouch = once((facts: Facts) => facts.steps.filter((one) => touchesSources(one) !== undefined));

function touchesSources({ instruction, copy, run }: Step): string | undefined {
  const line = `line ${instruction.startLine}`;
  const { keyword, argument } = instruction;
  if ((keyword === 'ENV' || keyword === 'ARG') && /proxy/i.test(argument.text)) return line;
  if (copy && overlap(copy.path ?? (copy.destination.startsWith('/') ? '/etc' : `/${copy.destination}`), '/etc')) return line;
  if (run && run.opaque !== undefined) return line;
  const touching = run?.commands.find((command) => !leavesSourcesAlone(command) && !publishedScript(run, command));
  return touching && `${line}, \`${touching.path ?? '?'}\``;
}

function leavesSourcesAlone(command: CommandFacts): boolean {
  const { kind, program, use } = command;
  if (kind === 'unknown') return program !== undefined && leavesSources.test(program);
  if (kind === 'package') return use?.action !== 'install' || !command.ecosystem?.leavings.some((one) => one.livedOn) || changesNoSources(command);
  return !command.unknownPaths && ![...command.writes, ...command.removes].some((path) => overlap(path, '/etc'));
}
