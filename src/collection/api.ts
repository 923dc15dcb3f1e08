import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Facts } from '../steps/facts.ts';
import { readFacts } from '../steps/read.ts';
import type { Edit } from '../text.ts';
import type { Script } from '../shell/script.ts';
import { Collection, type Draft } from './collection.ts';
import { commandKind, foundCommands, type FoundCommand } from './commands.ts';
import { draftOf } from './draft.ts';
import { foundInstructions, instructionKind, type FoundInstruction } from './instructions.ts';

/** What a plain transform gets beside the file. */
export interface Api {
  /** The instructions of a Dockerfile. Throws an Error for a text that is none. */
  readonly dockerfile: (source: string) => Collection<FoundInstruction>;
  /** The commands of a RUN, edited with the collection that the RUN came from; none for the exec form, for another instruction and where the shell's text cannot be read. */
  readonly shell: (run: FoundInstruction) => Collection<FoundCommand>;
  /** Tells something without changing it; at an instruction of the file as it was given, or at its first. */
  readonly report: (message: string, at?: Instruction) => void;
  /** Counts something over all files; the sums are printed at the end. */
  readonly stats: (name: string, quantity?: number) => void;
}

interface Source {
  readonly facts: Facts;
  readonly draft: Draft;
}

/**
 * Collections over any number of texts: the commands of a RUN are edited in the draft of their Dockerfile. `editsOf` tells the
 * edits of the given text that made a result, where collections made it.
 */
export function collections(given: Facts): Pick<Api, 'dockerfile' | 'shell'> & { readonly editsOf: (result: string) => readonly Edit[] | undefined } {
  const sources = new Map<FoundInstruction, Source>();
  const drafts: Draft[] = [];
  return {
    editsOf: (result) => drafts.find((draft) => draft.toSource() === result)?.edits,
    dockerfile: (text) => {
      const facts = text === given.dockerfile.text ? given : readFacts(parsed(text), { path: given.path, context: given.context });
      const draft = draftOf(facts.dockerfile);
      if (facts === given) drafts.push(draft);
      const items = foundInstructions(facts.dockerfile);
      for (const item of items) sources.set(item, { facts, draft });
      return new Collection(items, instructionKind(facts.dockerfile), draft);
    },
    shell: (run) => {
      const source = sources.get(run);
      if (!source) throw new Error('api.shell takes an instruction that api.dockerfile found');
      const { facts, draft } = source;
      const { dockerfile } = facts;
      const read = facts.steps.find((step) => step.instruction.index === run.index)?.run;
      const script = read?.script ?? noScript;
      return new Collection(foundCommands(dockerfile, script, read?.script ? read.commands : []), commandKind(dockerfile, run, script), draft);
    },
  };
}

const noScript: Script = {
  source: { text: '', at: [0] },
  items: [],
  commands: [],
  tail: '',
  state: undefined,
  bashism: undefined,
  listSubstituted: undefined,
  opensHeredoc: false,
};

function parsed(text: string): Dockerfile {
  const reading = readDockerfile(text);
  if ('dockerfile' in reading) return reading.dockerfile;
  const { because, line } = reading.notUnderstood;
  throw new Error(`api.dockerfile got a text that is no Dockerfile: ${line === undefined ? '' : `line ${line}: `}${because}`);
}
