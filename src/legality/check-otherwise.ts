import { stepBringing, type BrokenCheck } from '../steps/health-checks.ts';
import { plainAddress } from '../steps/requests.ts';
import type { Question } from './question.ts';

/** May a health check ask by another program, where the one that it names is not in the image? */
export const mayCheckOtherwise: Question<BrokenCheck> = {
  id: 'may-check-otherwise',
  refusals: [
    {
      id: 'brought-otherwise',
      because: 'a step brings the program of the health check, or may',
      applies: (broken) => {
        const step = stepBringing(broken);
        return step && `line ${step.instruction.startLine}`;
      },
    },
    {
      id: 'comment-inside',
      because: 'a comment inside would be lost',
      applies: ({ step }) => step.instruction.innerComments[0]?.text,
    },
    {
      id: 'asks-for-more',
      because: 'an option asks for what the other program does not do in the same way',
      applies: ({ check }) => check.requests.find(({ unread }) => unread !== undefined)?.unread,
    },
    {
      id: 'address-unclear',
      because: 'the address is none that can be written for another program as it is',
      applies: ({ check }) => check.requests.find((request) => plainAddress(request) === undefined)?.address,
    },
    {
      id: 'over-tls',
      because: 'it asks over TLS, and whether another program takes the certificate is not known',
      applies: ({ check }) => check.requests.find(({ address }) => address.startsWith('https:'))?.address,
    },
  ],
  answer: ({ step, check, lacking, client }) => ({
    allowed: 'review',
    because: `${step.stage.base.image} holds no ${lacking}, and nothing here brings it: each check fails`,
    differs: [
      'the container becomes healthy where the server answers',
      ...(check.requests.some(({ failsOnErrors }) => !failsOnErrors) && client?.kind !== 'node' && client?.kind !== 'bun'
        ? ['an answer of 400 or more fails, which curl without `--fail` takes for good']
        : []),
      ...(check.requests.some(({ address }) => /\blocalhost\b/.test(address)) && client?.oneAddress
        ? [
            `127.0.0.1 stands for localhost, of which ${client.program} may try ::1 alone: a server that listens on ::1 alone, or answers to the name alone, is not reached`,
          ]
        : []),
      ...(check.requests.some(({ isHead }) => isHead) ? ['the whole page is asked for, and not its head alone'] : []),
      ...(check.requests.every(({ followsRedirects }) => followsRedirects) ? [] : ['redirects are followed']),
    ].join('; '),
  }),
};
