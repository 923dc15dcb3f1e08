import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-D',
  '--define',
  '-P',
  '--activate-profiles',
  '-s',
  '--settings',
  '-gs',
  '--global-settings',
  '-t',
  '--toolchains',
  '-T',
  '--threads',
  '-l',
  '--log-file',
  '-f',
  '--file',
  '-pl',
  '--projects',
  '-rf',
  '--resume-from',
  '--color',
  '-b',
  '--builder',
];
const fetches = ['dependency:go-offline', 'dependency:resolve', 'dependency:resolve-plugins'];
/** Another project, or nothing fetched. */
const otherwise = ['-f', '--file', '-pl', '--projects', '-rf', '--resume-from', '-o', '--offline', '-l', '--log-file'];

/**
 * https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html. dockopt puts none in front of a build: it misses what Maven resolves late,
 * fetches more than some builds need, and runs again with each edit of the pom.xml, where a mount of the repository serves every build.
 */
export const maven: Ecosystem = {
  id: 'maven',
  programs: ['mvn'],
  usedBy: ['mvnd', 'quarkus'],
  wrappers: ['mvnw'],
  manifests: ['pom.xml'],
  artefacts: [{ name: 'target', each: true, by: /\b(compile|test-compile|test|package|verify|install|deploy)\b/ }],
  credentials: { files: /^([\w.-]*settings[\w.-]*|pom)\.xml$/i },
  leavings: [],
  caching,
  // Bytecode: https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html
  neutral: /\.(jar|war|ear)$/,
  read(call) {
    const read = readOptions(call, withValue);
    const [at = -1] = read.rest;
    if (at < 0) return hasOption(read, '--version', '-v') ? use('other', -1) : undefined;
    if (isElsewhere(call, read) || !goalsOf(call, read).every((goal) => fetches.includes(goal ?? ''))) return undefined;
    return use('install', at, { reads: ['pom.xml'], fetches: true, closure: (files) => dependencies(files, call, read) });
  },
};

/** https://maven.apache.org/guides/introduction/introduction-to-repositories.html: not safe for several processes. */
function caching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  const goals = goalsOf(call, read);
  if (goals.every((goal) => goal === 'clean' || goal === '--version')) return [];
  const given = call.arguments.find(({ text }) => text.includes('maven.repo.local'))?.value;
  const moved = [
    call.environment('MAVEN_OPTS'),
    call.environment('MAVEN_ARGS'),
    call.environment('MVN_OPTS'),
    files.text('.mvn/maven.config'),
    files.text('.mvn/jvm.config'),
  ];
  if (moved.some((text) => text?.includes('maven.repo.local'))) return { because: 'its settings move the repository', file: undefined };
  const settings = ['-s', '--settings', '-gs', '--global-settings'].flatMap((option) => read.values.get(option) ?? []);
  if (settings.some(({ value }) => value === undefined || /<localRepository>/.test(files.text(value) ?? '')))
    return { because: 'its settings may move the repository', file: settings[0]?.value };
  const directory = directoryOf([given?.replace(/^.*maven\.repo\.local=/, '')], '~/.m2/repository');
  if (typeof directory !== 'string') return directory;
  const installs = goals.some((goal) => goal === undefined || /^(install|deploy)(:|$)|\bmaven-install-plugin\b/.test(goal));
  return [
    {
      title: "maven's repository",
      directories: [directory],
      locked: true,
      livedOn: true,
      offline: hasOption(read, '-o', '--offline'),
      ...(installs
        ? { ofProject: true, differs: 'what `mvn install` puts into the repository is there for other builds on this machine, not for later steps of this one' }
        : {}),
    },
  ];
}

function goalsOf(call: Call, { rest }: ReturnType<typeof readOptions>): (string | undefined)[] {
  return rest.map((position) => call.arguments[position]?.value);
}

function isElsewhere(call: Call, read: ReturnType<typeof readOptions>): boolean {
  return hasOption(read, ...otherwise) || call.arguments.some(({ text }) => text.includes('maven.repo.local'));
}

function dependencies(files: ProjectFiles, call: Call, read: ReturnType<typeof readOptions>): ClosureRead {
  const text = files.text('pom.xml')?.replaceAll(/<!--[^]*?-->/g, '');
  if (text === undefined) return { because: 'the build context holds no pom.xml that can be read', file: 'pom.xml' };
  if (/<module>/.test(text)) return { because: 'it has modules, and what one needs of another is fetched from nowhere', file: 'pom.xml' };
  const parent = /<parent>[^]*?<\/parent>/.exec(text)?.[0];
  const above = parent && (/<relativePath\s*\/>/.test(parent) ? undefined : (/<relativePath>\s*([^<]*?)\s*<\/relativePath>/.exec(parent)?.[1] ?? '../pom.xml'));
  const parentFile = [above, above && posix.join(above, 'pom.xml')].find((path) => path !== undefined && path !== '' && files.has(path));
  if (parentFile !== undefined) return { because: 'its parent is in the project', file: parentFile };
  if (/<systemPath>|<url>\s*file:/.test(text)) return { because: 'libraries come from a folder of the project', file: 'pom.xml' };
  if (/<activation>[^]*?<file>/.test(text)) return { because: 'a profile is active where a file is', file: 'pom.xml' };
  const named = ['-s', '--settings', '-gs', '--global-settings', '-t', '--toolchains'].flatMap((option) => read.values.get(option) ?? []);
  const unknown = named.find(({ value }) => value === undefined);
  if (unknown) return { because: `what \`${unknown.text}\` stands for is not known`, file: undefined };
  const home = call.environment('HOME') ?? '/root';
  const settings = [...named.flatMap(({ value }) => value ?? []), posix.join(home, '.m2/settings.xml'), posix.join(home, '.m2/settings-security.xml')];
  return {
    files: ['pom.xml', ...files.below('.mvn'), ...settings.filter((path) => files.has(path))],
    outputs: [],
    floating: floatingOf(text),
  };
}

/** Of what it depends on and is built by, the first that has a version which stands for several. */
function floatingOf(text: string): string | undefined {
  for (const [block] of text.matchAll(/<(parent|dependency|plugin|extension)>[^]*?<\/\1>/g)) {
    const version = /<version>\s*([^<]*?)\s*<\/version>/.exec(block)?.[1] ?? '';
    if (/-SNAPSHOT$|^(LATEST|RELEASE)$|^[[(]\s*\S*,/.test(version)) return /<artifactId>\s*([^<]*?)\s*<\/artifactId>/.exec(block)?.[1] ?? version;
  }
  return undefined;
}
