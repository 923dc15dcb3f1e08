import { docker, type Ran } from '../verify/docker.ts';
import { platformsIn, stringIn } from './manifest.ts';
import { mostMilliseconds, noAnswer, notThere, type Answer } from './registry.ts';

let there: Promise<boolean> | undefined;

/** Whether Docker has the command that asks registries. Looked for once. */
export function hasImagetools(): Promise<boolean> {
  return (there ??= docker(['buildx', 'version']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  ));
}

/**
 * Asks by `docker buildx imagetools inspect`, which needs no engine and has the credentials and mirrors of Docker:
 * https://docs.docker.com/reference/cli/docker/buildx/imagetools/inspect/
 */
export async function askImagetools(image: string): Promise<Answer> {
  const ran = await docker(['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest}}', image], { milliseconds: mostMilliseconds });
  if (ran.exitCode !== 0) return whyNot(ran);
  const digest = stringIn(ran.stdout, 'digest');
  return digest === undefined ? notThere : { digest, platforms: platformsIn(ran.stdout) };
}

function whyNot({ exitCode, stderr }: Ran): Answer {
  if (exitCode === null) return noAnswer;
  const said = stderr.trim().split('\n').at(-1)?.replace('ERROR: ', '') ?? '';
  return /: not found$|manifest unknown|name unknown|insufficient_scope|authoriz|access denied|forbidden/i.test(said) ? notThere : { unreached: said };
}
