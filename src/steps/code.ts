import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Facts } from './facts.ts';
import { isUnread } from './mentions.ts';

/** A place in the code of the context. */
interface Place {
  readonly path: string;
  /** What matched. */
  readonly text: string;
}

/** What the program does not run: tests, documentation, what is for people alone. */
const aside =
  /(^|\/)(\.[\w-]+|node_modules|tests?|__tests__|__mocks__|spec|e2e|cypress|testdata|docs?|examples?)\/|[._-](test|spec|stories)\.\w+$|(^|\/)test_[^/]*$/;

/** Where code of the context that the program may run matches first; undefined where none does. `files` matches the paths of code. */
export function codeWith({ context }: Facts, files: RegExp, pattern: RegExp): Place | undefined {
  return searched(context.sent, context)(files)(pattern);
}

const codeIn = once((_sent: object, context: ContextFiles) =>
  once((files: RegExp): readonly string[] => context.below('').filter((path) => files.test(path) && !aside.test(path) && !isUnread(path))),
);

const searched = once((sent: object, context: ContextFiles) =>
  once((files: RegExp) =>
    once((pattern: RegExp): Place | undefined => {
      for (const path of codeIn(sent, context)(files)) {
        const [text] = pattern.exec(context.text(path) ?? '') ?? [];
        if (text !== undefined) return { path, text };
      }
      return undefined;
    }),
  ),
);
