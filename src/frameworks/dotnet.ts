import { posix } from 'node:path';
import { readOptions } from '../ecosystems/ecosystem.ts';
import type { Obstacle } from '../ecosystems/closure.ts';
import type { Build, BuildCall, Framework, Program } from './framework.ts';

/** A program of .NET: the folder that `dotnet publish` fills. */
export const dotnet: Framework = {
  id: 'dotnet',
  builders: new Set(['dotnet']),
  buildVariables: /^(NUGET_\w+|DOTNET_(CLI_\w+|NOLOGO|SKIP_FIRST_TIME_EXPERIENCE))$/,
  program(build) {
    const made = build.calls.findLast(({ call }) => call.program === 'dotnet' && call.arguments[0]?.value === 'publish');
    return made && programOf(build, made);
  },
};

function programOf({ start, readable }: Build, { call, workdir }: BuildCall): Program | Obstacle {
  const [program, word = ''] = start.words;
  const assembly = posix.resolve(start.workdir, word);
  if (program !== 'dotnet' || !word.endsWith('.dll')) return { because: 'the image does not start an assembly with `dotnet`', file: undefined };
  const folder = posix.dirname(assembly);
  const output = readOptions(call, ['-o', '--output', '-c', '--configuration', '-r', '--runtime', '-f', '--framework', '-v', '--verbosity']).values;
  const given = [...(output.get('-o') ?? []), ...(output.get('--output') ?? [])].at(-1);
  const isOutput = given ? given.value !== undefined && posix.resolve(workdir, given.value) === folder : /\/bin\/.*\/publish$/.test(folder);
  if (!isOutput || folder === '/') return { because: 'the assembly that the image starts does not lie where `dotnet publish` puts it', file: undefined };
  // The content of a web application is looked for in the folder in which it starts: https://learn.microsoft.com/aspnet/core/fundamentals/#content-root
  const reads = start.workdir === folder ? undefined : readable.find((path) => !ofBuild.test(path));
  return { title: 'what was published', artefacts: [{ path: folder, destination: folder }], reads };
}

const ofBuild =
  /\.(cs|fs|vb|\w*proj|slnx?|props|targets|resx|razor|cshtml|editorconfig)$|(^|\/)(global\.json|nuget\.config|NuGet\.[Cc]onfig|launchSettings\.json|packages\.lock\.json)$/;
