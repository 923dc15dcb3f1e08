import { hasTag } from '../bases/digests.ts';
import type { Facts } from '../steps/facts.ts';
import { otherUse, type NamedImage } from '../steps/named-images.ts';
import type { Question } from './question.ts';

/** An image, to be named by tag and digest. */
export interface Pin {
  readonly facts: Facts;
  readonly named: NamedImage;
}

export const mayPin: Question<Pin> = {
  id: 'may-pin',
  refusals: [
    {
      id: 'context-instead',
      because: 'a caller puts a build context in the place of this name, which it would not do for one with a digest',
      applies: ({ facts, named: { image = '' } }) => [...facts.given.contexts].find(([name]) => familiar(name) === familiar(image))?.[1],
    },
    {
      id: 'part-of-reference',
      because: 'a variable is a part of the reference: with another value of it a digest behind it would still bring the same image',
      applies: ({ named: { variables, variable } }) => variables.length > 0 && variable?.end === undefined,
    },
    {
      id: 'shared-variable',
      because: 'the variable is used in more places than this, and would bring the digest of one image to all of them',
      applies: ({ facts, named }) => {
        const other = otherUse(facts, named);
        return other && `line ${other.startLine}`;
      },
    },
    {
      id: 'given-variable',
      because: 'a caller gives the variable a value of its own, which is where the digest belongs',
      applies: ({ facts, named: { variables } }) => variables.map((name) => facts.given.args.get(name)).find((by) => by !== undefined),
    },
  ],
  answer: () => ({
    allowed: 'review',
    because: 'the registry may have another image under the tag at each build; the digest is that of the one which is there now, for all its platforms',
    differs: 'what is mended in the image comes when the digest is raised, which Renovate and Dependabot do, and no longer by itself',
  }),
};

/** The name under which BuildKit looks for a context: https://github.com/moby/buildkit/blob/master/frontend/dockerui/namedcontext.go */
function familiar(image: string): string {
  const short = image.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
  return hasTag(short) ? short : `${short}:latest`;
}
