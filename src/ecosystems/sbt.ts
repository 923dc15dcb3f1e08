import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

/** https://www.scala-sbt.org/1.x/docs/Command-Line-Reference.html. A build runs code of the project; its effects are not known. */
export const sbt: Ecosystem = {
  id: 'sbt',
  programs: ['sbt'],
  manifests: ['build.sbt', 'plugins.sbt', 'build.properties'],
  credentials: { files: /^build\.sbt$/i },
  leavings: [],
  caching,
  read(call) {
    return hasOption(readOptions(call, []), '--version', '--script-version') ? use('other', -1) : undefined;
  },
};

/** sbt fetches with coursier since 1.3: https://get-coursier.io/docs/cache, https://www.scala-sbt.org/1.x/docs/sbt-offline.html; `~/.sbt` itself holds plugins and credentials. */
function caching(call: Call, { files }: CachingPlace): CachingRead {
  const settings = `${call.environment('SBT_OPTS') ?? ''} ${call.environment('JAVA_OPTS') ?? ''} ${files.text('.sbtopts') ?? ''} ${files.text('.jvmopts') ?? ''} ${call.arguments.map(({ text }) => text).join(' ')}`;
  if (/sbt\.(boot|global|ivy)|ivy\.home|coursier\.cache|-(sbt-boot|sbt-dir|ivy)\b/.test(settings))
    return { because: 'its settings move its caches', file: undefined };
  const [, major = '1', minor = '9'] = /sbt\.version\s*=\s*(\d+)\.(\d+)/.exec(files.text('project/build.properties') ?? '') ?? [];
  const byIvy = Number(major) === 0 || (Number(major) === 1 && Number(minor) < 3);
  const fetched = byIvy ? '~/.ivy2/cache' : directoryOf([call.environment('COURSIER_CACHE')], '~/.cache/coursier');
  return typeof fetched === 'string' ? [{ title: "sbt's downloads", directories: [fetched, '~/.sbt/boot'], locked: true, livedOn: true }] : fetched;
}
