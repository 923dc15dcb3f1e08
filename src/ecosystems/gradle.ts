import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-g',
  '--gradle-user-home',
  '-p',
  '--project-dir',
  '-b',
  '--build-file',
  '-c',
  '--settings-file',
  '-I',
  '--init-script',
  '-x',
  '--exclude-task',
  '--project-cache-dir',
  '--max-workers',
  '--console',
  '--warning-mode',
  '--tests',
  '--configuration',
];
/** https://github.com/keeganwitt/docker-gradle: root's `~/.gradle` leads to that of the user `gradle`. */
const ownImage = /^([\w./-]+\/)?gradle(:|@|$)/;

/** https://docs.gradle.org/current/userguide/command_line_interface.html. A build runs code of the project; its effects are not known. */
export const gradle: Ecosystem = {
  id: 'gradle',
  programs: ['gradle'],
  wrappers: ['gradlew'],
  manifests: ['build.gradle*', 'settings.gradle*', 'gradle.properties', 'gradle.lockfile', 'libs.versions.toml'],
  leavings: [],
  caching,
  // https://docs.gradle.org/current/userguide/build_environment.html#setting_a_project_property
  credentials: { variables: /^ORG_GRADLE_PROJECT_/, files: /^gradle\.properties$/i },
  // Bytecode: https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html
  neutral: /\.(jar|war|ear)$/,
  read(call) {
    const read = readOptions(call, withValue);
    return read.rest.length === 0 && hasOption(read, '--version', '-v') ? use('other', -1) : undefined;
  },
};

/** Containers cannot ask each other for their locks: https://docs.gradle.org/current/userguide/directory_layout.html#dir:gradle_user_home */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  if (hasOption(read, '--version', '-v', '--stop', '--help', '-h')) return [];
  if (/gradle\.user\.home/.test(`${call.environment('GRADLE_OPTS') ?? ''} ${call.environment('JAVA_OPTS') ?? ''} ${files.text('gradle.properties') ?? ''}`))
    return { because: 'its settings move its home', file: undefined };
  const own = ownImage.test(base.image);
  const given = [read.values.get('-g')?.at(-1) ?? read.values.get('--gradle-user-home')?.at(-1), call.environment('GRADLE_USER_HOME')];
  const home = directoryOf(given, own ? '/home/gradle/.gradle' : '~/.gradle');
  if (typeof home !== 'string') return home;
  return [
    {
      title: "gradle's caches",
      directories: [`${home}/caches`, ...(call.program === 'gradlew' ? [`${home}/wrapper`] : [])],
      locked: true,
      livedOn: true,
      offline: hasOption(read, '--offline'),
      inWritable: own,
    },
  ];
}
