import { once } from '../once.ts';
import type { Facts, StageFacts } from './facts.ts';
import { descendsFrom, lineOf } from './neighbours.ts';

const workingIn = /^(bash|sh|zsh|ash|fish|tail|sleep|jupyter(-\w+)?|start-notebook\.sh|code-server|sshd|tmux|irb|ipython3?|make|gcc|cargo|pytest|tox)$/;

/** What tells that an image is one to build or to work in: no command says what it is for, or one that people work with. */
export function workedIn(facts: Facts, stage: StageFacts): string | undefined {
  return workIn(facts)(stage);
}

const workIn = once((facts: Facts) =>
  once((of: StageFacts): string | undefined => {
    if (/(^|\/)\.devcontainer(\/|$)/.test(facts.path)) return facts.path;
    const stage = facts.stages.findLast((one) => one.shipped && descendsFrom(one, of)) ?? of;
    const commands = lineOf(stage).flatMap(({ steps }) => steps.map(({ instruction }) => instruction));
    const own = commands.filter(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT');
    if (own.length === 0) return stage.base.runsAnyCommand ? 'it has no command' : undefined;
    const words = own.at(-1)?.json ?? own.at(-1)?.argument.text.split(/\s+/) ?? [];
    const program = words[0]?.replace(/^.*\//, '') ?? '';
    const isShellWithScript = /^(ba|z|a)?sh$/.test(program) && words.length > 1 && words[1] !== '-l' && words[1] !== '-i';
    const works = workingIn.test(program) || /(^|[^a-z])(build|compile|make)/.test(program);
    return works && !isShellWithScript ? `\`${words.join(' ')}\`` : undefined;
  }),
);
