import { posix } from 'node:path';
import { once } from '../once.ts';
import { rootServices, userNeeds, type UserNeed } from '../ecosystems/user-needs.ts';
import { tableAt, textOf } from '../ecosystems/tables.ts';
import { namesInstalled } from '../steps/build-packages.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { languagePackages } from '../steps/language-packages.ts';
import { mayBeNamed, stagesOnThisImage } from '../steps/other-dockerfiles.ts';
import { isBelow } from '../steps/paths.ts';
import { programFiles } from '../steps/program-files.ts';
import type { BuildFile, ContextFiles } from '../workspace/workspace.ts';
import { unquoted } from '../steps/read.ts';
import { startsByNpm, stageUpon, unclearProgram, wordsStarted, type RootStart } from '../steps/root-starts.ts';
import { ownServices, startedOtherwise } from '../steps/started-otherwise.ts';
import { startsPrograms } from '../steps/started-programs.ts';
import { fileNeedingHome, fileNeedingRights, fileWithLowPort, holdsSource, writingFile, type Telling } from '../steps/user-needs.ts';
import { workedIn } from '../steps/worked-in.ts';
import type { Question } from './question.ts';

/** May another user than root run what a stage starts? */
export const mayDropRoot: Question<RootStart> = {
  id: 'may-drop-root',
  refusals: [
    {
      id: 'no-other-user',
      because: 'it is not known which user the base image has, or how one is made in it',
      applies: ({ stage, isKnown }) => !isKnown && stage.base.image,
    },
    {
      id: 'root-on-purpose',
      because: 'the file names root itself',
      applies: ({ steps }) => lineOfFirst(steps, ({ instruction }) => instruction.keyword === 'USER'),
    },
    {
      id: 'user-of-its-own',
      because: 'the file makes a user itself, and says nothing of who runs the program',
      applies: ({ steps }) => lineOfFirst(steps, ({ run }) => run?.commands.some(({ kind }) => kind === 'user') ?? false),
    },
    {
      id: 'base-of-others',
      because: 'other stages or Dockerfiles are built on it, and their steps would run as that user',
      applies: (root) => {
        const upon = stageUpon(root);
        if (upon) return `line ${upon.stage.from.startLine}`;
        if (root.steps.some(({ instruction }) => instruction.keyword === 'ONBUILD')) return 'ONBUILD';
        for (const { path } of stagesOnThisImage(root.facts)) return path;
        return undefined;
      },
    },
    {
      id: 'worked-in',
      because: 'the image is one to build or to work in',
      applies: ({ facts, stage }) => workedIn(facts, stage),
    },
    {
      id: 'program-not-known',
      because: 'what it starts is no program of which the source tells what it needs',
      applies: (root) => unclearProgram(root, filesOf(root)),
    },
    {
      id: 'started-otherwise',
      because: 'the repository starts the image in another way than the image itself does, and that may need root',
      applies: ({ facts, stage }) => startedOtherwise(facts, stage),
    },
    {
      id: 'program-not-seen',
      because: 'the build context does not show all that is put into the image',
      applies: ({ facts, stage }) => {
        const { files, unseen } = programFiles(facts, stage);
        return unseen ?? (holdsSource(files) ? undefined : 'there is no source');
      },
    },
    {
      id: 'step-not-known',
      because: 'it is not known what a step puts where, or for whom',
      applies: ({ steps }) => lineOfFirst(steps, ({ run }) => run !== undefined && (run.opaque !== undefined || run.commands.some(isUnclear))),
    },
    {
      id: 'started-for-root',
      because: 'a file that starts the image says who runs it, or with which rights',
      applies: ({ facts }) => sayingRights(facts),
    },
    {
      id: 'volume',
      because: 'what is mounted there may belong to root',
      applies: ({ facts, steps }) => lineOfFirst(steps, ({ instruction }) => instruction.keyword === 'VOLUME') ?? mountedBy(facts),
    },
    {
      id: 'low-port',
      because: 'not every machine lets another user than root take a port under 1024',
      applies: (root) => lowPort(root),
    },
    {
      id: 'root-folder',
      because: 'a path in the home of root, which no other user may enter',
      applies: ({ steps }) => lineOfFirst(steps, namesHomeOfRoot),
    },
    {
      id: 'not-readable',
      because: 'a step leaves files that only root may read',
      applies: ({ steps }) => lineOfFirst(steps, hidesFiles),
    },
    {
      id: 'folder-to-write',
      because: 'a step makes a folder, or sets who owns it, for something to be written there',
      applies: ({ steps }) => lineOfFirst(steps, (step) => preparesFolder(steps, step)),
    },
    {
      id: 'service-of-root',
      because: 'a package is installed that root starts, or that becomes another user',
      applies: ({ steps }) => namesInstalled(steps).find((name) => rootServices.test(name)),
    },
    {
      id: 'needs-rights',
      because: 'the program does what only root may',
      applies: (root) => told(fileNeedingRights(filesOf(root), root.facts.context)) ?? packageThat(root, 'needs root'),
    },
    {
      id: 'needs-home',
      because: 'the program goes by the home of the user who runs it',
      applies: (root) => (startsByNpm(root) && !root.user.home ? '`npm`' : told(fileNeedingHome(filesOf(root), root.facts.context))),
    },
    {
      id: 'writes-files',
      because: 'the program writes files, and not to the temporary folder alone',
      applies: (root) => told(writingFile(filesOf(root), root.facts.context)) ?? packageThat(root, 'writes files') ?? lineOfFirst(root.steps, setsPlace),
    },
    {
      id: 'runs-others',
      because: 'the program starts others, which may write files or need what only root may do',
      applies: (root) => startsPrograms(root.facts.context, filesOf(root)),
    },
  ],
  answer: ({ user }) => ({
    allowed: 'review',
    because: 'nothing that the source shows writes files, takes a port under 1024 or needs what only root may do',
    differs: `the program${user.home ? '' : ', which has no home then,'} can write to the temporary folder alone, and so can a shell that \`docker exec\` opens without \`--user root\`; what is mounted has to be that user's to read`,
  }),
};

function filesOf({ facts, stage }: RootStart): ReadonlySet<string> {
  return programFiles(facts, stage).files;
}

function lineOfFirst(steps: readonly Step[], is: (step: Step) => boolean): string | undefined {
  const step = steps.find(is);
  return step && `line ${step.instruction.startLine}`;
}

function told(telling: Telling | undefined): string | undefined {
  return telling && `\`${telling.text}\` in ${telling.file}`;
}

/** Neither a package manager nor a tool of a language, nor something that only handles files, whose folders others than root may read. */
function isUnclear({ kind, ecosystem, program, command }: CommandFacts): boolean {
  if (command.nested && kind === 'unknown') return true;
  if (kind === 'shell') return /^(eval|exec|\.|source|trap)$/.test(program ?? '');
  return kind === 'unknown' && (ecosystem === undefined || ecosystem.ofDistribution === true) && !languageTools.test(program ?? '');
}

/** They write into the project, or into folders of the language: https://go.dev, https://www.typescriptlang.org and the like. */
const languageTools = /^(node|tsc|vite|webpack|esbuild|rollup|ng|nest|go|cargo|rustc|javac|jar|mvn|gradle|dotnet|corepack|swift|dart|strip|upx|java|setcap)$/;

const rightsOf = ['user', 'privileged', 'cap_add', 'devices', 'group_add', 'network_mode', 'pid', 'userns_mode', 'security_opt'];

function sayingRights(facts: Facts): string | undefined {
  for (const { path, name, service } of ownServices(facts)) {
    const said = rightsOf.find((key) => service[key] !== undefined);
    if (said !== undefined) return `${path}: \`${said}\` of ${name}`;
  }
  const run = runsOf(facts).find(({ options }) => /\s(-u|--user|--privileged|--cap-add|--device|--pid|--group-add)\b/.test(options));
  return run && `${run.path}: docker run`;
}

/** A file that mounts a volume, or a folder of the machine, where the image may write. */
function mountedBy(facts: Facts): string | undefined {
  for (const { path, name, service } of ownServices(facts)) if (listOf(service['volumes']).some(isWritable)) return `${path}: \`volumes\` of ${name}`;
  const run = runsOf(facts).find(({ options }) => /\s(-v|--volume|--mount)\b/.test(options));
  if (run) return `${run.path}: docker run`;
  const claims = /\b(persistentVolumeClaim|volumeClaimTemplates|hostPath)\b/;
  return facts.context.below('').find((path) => /\.ya?ml$/.test(path) && claims.test(facts.context.text(path) ?? ''));
}

const dockerRun = /\bdocker(?:\s+container)?\s+run\b((?:[^\n\\;|&]|\\\n|\\.)*)/g;
const withValue =
  /\s(-[vepuwhmal]|--(volume|mount|env|env-file|name|publish|user|workdir|network|platform|label|memory|cpus|entrypoint|restart|hostname|device|cap-add|ulimit|link|add-host))(=|\s+)("[^"]*"|'[^']*'|(\$\([^)]*\)|`[^`]*`|\$\{\{[^}]*\}\}|\S)+)/g;

/** A call of `docker run`. */
interface DockerRun {
  readonly path: string;
  readonly options: string;
  readonly image: string;
  /** The file builds an image of that name. */
  readonly built: boolean;
}

/** Calls for an image that may be this one: by its name, by a variable, or because the file builds one of that name. */
function runsOf({ context }: Facts): DockerRun[] {
  return runsIn(context.buildFiles()).filter(({ image, built }) => built || mayBeNamed(image, context.names));
}

const runsIn = once((files: readonly BuildFile[]): readonly DockerRun[] =>
  files.flatMap(({ path, text }) => {
    const built = new Set([...text.matchAll(/\s(?:-t|--tag)[=\s]\s*["']?([\w./-]+)/g)].map(([, name = '']) => name));
    return [...text.matchAll(dockerRun)].flatMap(([, all = '']): DockerRun[] => {
      const options = all.replaceAll(/\\\n/g, ' ');
      const [, quoted = ''] = /^(?:\s+-\S+)*\s+([^\s-]\S*)/.exec(options.replaceAll(withValue, '')) ?? [];
      const image = quoted.replaceAll(/["']/g, '');
      return image === '' ? [] : [{ path, options, image, built: built.has(image.replace(/:[\w.-]+$/, '')) }];
    });
  }),
);

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isWritable(volume: unknown): boolean {
  if (typeof volume === 'string') return !/:ro(,|$)|:[^:]*,ro(,|$)/.test(volume);
  const table = tableAt({ volume }, 'volume');
  return table['read_only'] !== true && textOf(table['type']) !== 'tmpfs';
}

function isLow(number: string | undefined): boolean {
  return number !== undefined && Number(number) > 0 && Number(number) < 1024;
}

/** `EXPOSE 80`, `ENV PORT=80`, `--port 80`, `--bind :80`, and what the source listens on. */
function lowPort(root: RootStart): string | undefined {
  const { steps, facts, stage } = root;
  const said = lineOfFirst(steps, ({ instruction: { keyword, argument } }) => {
    if (keyword === 'EXPOSE') return argument.text.split(/\s+/).some((word) => isLow(/^"?(\d+)/.exec(word)?.[1]));
    if (keyword !== 'ENV') return false;
    return [...argument.text.matchAll(/(?:PORTS?|URLS?|ADDR\w*|BIND|LISTEN)[=\s]["']?(?:[\w.:/*+[\]]*:)?(\d+)\b/gi)].some(([, number]) => isLow(number));
  });
  const words = wordsStarted(root) ?? [];
  const given = words.some((word, i) => {
    const value = /^(-p|-b|--port|--bind|--http|--listen|--addr|--host)$/.test(words[i - 1] ?? '')
      ? /(?:^|:)(\d+)$/.exec(word)
      : /^--?[\w.-]*(?:port|bind|listen|addr|http|url)[\w.-]*=(?:.*:)?(\d+)$/i.exec(word);
    return isLow(value?.[1]);
  });
  // Before .NET 8 the image itself says so: https://learn.microsoft.com/dotnet/core/compatibility/containers/8.0/aspnet-port
  const older =
    /\bdotnet\/(?:core\/)?(?:aspnet|sdk):([1-7])\./.test(stage.base.image) &&
    !steps.some(({ instruction }) => /ASPNETCORE_(URLS|HTTP_PORTS)/.test(instruction.joined.text));
  return said ?? (given ? `\`${words.join(' ')}\`` : older ? stage.base.image : told(fileWithLowPort(filesOf(root), facts.context)));
}

function namesHomeOfRoot({ instruction, run, state }: Step): boolean {
  const { keyword, argument, heredocs } = instruction;
  if (keyword === 'LABEL') return false;
  const text = [argument.text, ...heredocs.map(({ content }) => content)].join('\n');
  if (/(^|[\s"'=:,[])(\/root\b|~(\/|\s|$)|\$\{?HOME\b)/.test(text) || state.workdir === '/root') return true;
  if (keyword === 'ENV' && /\bHOME[=\s]/.test(text)) return true;
  return run?.commands.some(putsIntoHome) ?? false;
}

/** Installs that end in the home of who runs them: https://pip.pypa.io, https://docs.astral.sh/uv/concepts/tools, https://pipx.pypa.io, https://playwright.dev/docs/browsers, https://rustup.rs */
function putsIntoHome({ program, arguments: all }: CommandFacts): boolean {
  const words = all.map(({ value, text }) => value ?? text);
  if (/^(pip[\d.]*|python[\d.]*)$/.test(program ?? '')) return words.includes('--user');
  if (/^(pipx|rustup|playwright|nvm|ghcup|rustup-init|conda|micromamba|mamba|asdf|mise|fnm|volta)$/.test(program ?? '')) return true;
  if (program === 'uv') return words[0] === 'tool' || words[0] === 'python';
  if (program === 'dotnet') return words[0] === 'tool';
  return /^(npx|pnpx|bunx)$/.test(program ?? '') && words.some((word) => /^(playwright|puppeteer|cypress)/.test(word));
}

/** A mode without rights for others. */
function hidesFiles({ instruction, run }: Step): boolean {
  if (instruction.flags.some(({ name, value = '' }) => name === 'chmod' && isClosed(value))) return true;
  return (
    run?.commands.some(
      ({ program, arguments: all }) => program === 'umask' || (/^(chmod|install|mkdir)$/.test(program ?? '') && all.some(({ text }) => isClosed(text))),
    ) ?? false
  );
}

function isClosed(mode: string): boolean {
  return /^(--mode=|-m)?0?[0-7]?[0-7]{2}[0-3]$/.test(mode) || /(^|,)g?o(-\w*[rx]|=(?![wxX]*r))/.test(mode);
}

/** `mkdir` for another folder than that of the project, `chown`, and modes by which everybody may write. */
function preparesFolder(steps: readonly Step[], { run }: Step): boolean {
  return (
    run?.commands.some(({ program, arguments: all, writes }) => {
      if (program === 'chown' || program === 'chgrp') return true;
      if (program === 'touch') return true;
      if (program === 'chmod') return all.some(({ text }) => /^0?[0-7]?[0-7]{2}[2367]$|[+=]\w*w/.test(text));
      return program === 'mkdir' && writes.some((path) => !isFilled(steps, path));
    }) ?? false
  );
}

/** Something is put there, or the program starts there. */
function isFilled(steps: readonly Step[], folder: string): boolean {
  return steps.some(({ copy, run, instruction, state }) => {
    const path = copy?.path ?? (instruction.keyword === 'WORKDIR' ? posix.resolve(state.workdir ?? '/', unquoted(instruction.argument.text)) : undefined);
    if (path !== undefined && (isBelow(path, folder) || isBelow(folder, path))) return path !== '/' && (copy === undefined || isBelow(path, folder));
    return run?.commands.some(({ program, writes }) => program !== 'mkdir' && writes.some((one) => one !== folder && isBelow(one, folder))) ?? false;
  });
}

function packageThat({ facts, stage }: RootStart, does: UserNeed['does']): string | undefined {
  const found = needsOfPackages(programFiles(facts, stage).files, facts.context).find((need) => need.does === does);
  return found && `${found.name} (${found.file})`;
}

const needsOfPackages = once((files: ReadonlySet<string>, context: ContextFiles) =>
  languagePackages(files, context).flatMap(({ language, name, development, file }) =>
    // Lockfiles of JavaScript hold what no program of the project loads.
    development || (language === 'javascript' && posix.basename(file) !== 'package.json')
      ? []
      : userNeeds.filter((need) => need.language === language && need.name.test(name)).map(({ does }) => ({ name, file, does })),
  ),
);

/** A variable for a file or a folder that the program writes. */
function setsPlace({ instruction: { keyword, argument } }: Step): boolean {
  return (
    keyword === 'ENV' &&
    /\b\w*(DATA|LOGS?|LOGGING|UPLOADS?|STORAGE|CACHE|STATE|DB|DATABASE)_?(DIR|PATH|FILE|FOLDER|HOME|ROOT)\w*[=\s]|sqlite|\bfile:\.?\//i.test(argument.text)
  );
}
