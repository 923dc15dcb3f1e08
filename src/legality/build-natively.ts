import type { Facts } from '../steps/facts.ts';
import type { PlatformBuild } from '../steps/platform-builds.ts';
import type { Question, Refusal } from './question.ts';

export interface NativeBuild {
  readonly facts: Facts;
  readonly build: PlatformBuild;
}

function obstacle(is: NonNullable<PlatformBuild['obstacle']>['is']): Refusal<NativeBuild>['applies'] {
  return ({ build }) => build.obstacle?.is === is && build.obstacle.what;
}

/** https://docs.docker.com/build/building/multi-platform/#cross-compilation */
export const mayBuildNatively: Question<NativeBuild> = {
  id: 'may-build-natively',
  refusals: [
    { id: 'not-told', because: 'a call cannot be told the platform of the image', applies: obstacle('not told') },
    { id: 'unknown-command', because: 'what a command makes for which platform is not known', applies: obstacle('unknown') },
    { id: 'built-upon', because: 'another stage is built FROM it, on which commands may run', applies: obstacle('built upon') },
    { id: 'native-output', because: 'what another stage takes from it may be made for the platform that builds', applies: obstacle('native') },
  ],
  answer: ({ facts, build }) => ({
    allowed: 'review',
    because: `callers build for ${facts.platforms.join(', ')}: ${build.calls.length > 0 ? 'the compiler runs on the platform of the builder, and builds for each of them' : 'what is built is the same on each of them'}, instead of running emulated`,
    differs: 'the stage runs on the platform of the builder: what it installs and starts is of that one. This was not tried on several platforms',
  }),
};
