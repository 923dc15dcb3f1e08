import { rangeOf } from '../src/dockerfile/source.ts';
import { mayCheckOtherwise } from '../src/legality/check-otherwise.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { askingBy, asShellText } from '../src/steps/asking.ts';
import { brokenChecks, stepBringing, type BrokenCheck } from '../src/steps/health-checks.ts';
import { applyEdits, type Edit } from '../src/text.ts';
import type { Client } from '../src/bases/clients.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'fix-healthcheck-tool',
  title: 'Let a health check ask by a program that the image has',
  level: 'review',
  benefit:
    'Slim, Alpine and distroless images hold no curl, most of them no wget either: a health check that runs it fails each time, and the container never becomes healthy. busybox on Alpine, Node.js and Python can ask the same, and nothing has to be installed for it.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['asks by another program'],
  asks: [mayCheckOtherwise],
  references: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  *find(facts) {
    for (const broken of brokenChecks(facts)) {
      const { step, lacking, client, clients } = broken;
      const {
        instruction,
        stage: { base },
      } = step;
      if (!client) {
        if (stepBringing(broken)) continue;
        const because = `${base.image} holds no ${lacking}${clients.shell ? '' : ' and no shell'}, nothing here brings it, and no other program that could ask is known to be there`;
        yield finding(instruction, 'the health check fails each time', { allowed: 'advice', because }, []);
        continue;
      }
      const verdict = ask(mayCheckOtherwise, broken, facts.without);
      if (isRefused(verdict)) yield declined(instruction, verdict);
      else yield finding(instruction, `\`${client.program}\` in place of \`${lacking}\`, which ${base.image} does not hold`, verdict, edits(broken, client));
    }
  },
});

function edits({ step: { instruction }, check, clients }: BrokenCheck, client: Client): Edit[] {
  const { form, source, requests, before } = check;
  const [only] = requests;
  const json = form === 'words' || !clients.shell ? only && askingBy(client, only) : undefined;
  const inside = requests.map((request) => ({ ...request, text: asShellText(askingBy(client, request)) }));
  if (form === 'shell' && !json) return inside.map(({ start, end, text }) => ({ ...rangeOf(source, start, end), text }));
  const words = json ?? [...before, applyEdits(source.text, inside)];
  const start = form === 'shell' ? rangeOf(source, 0, source.text.length).start : (instruction.argument.at[instruction.argument.text.indexOf('[')] ?? 0);
  return [{ start, end: instruction.contentEnd, text: `[${words.map((word) => JSON.stringify(word)).join(', ')}]` }];
}
