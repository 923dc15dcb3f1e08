import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { isAtLeast } from '../ecosystems/wheels.ts';
import type { Artefact, Build, Unpacked } from './framework.ts';

/** What in a manifest changes how Spring Boot packs its JAR, or what starts it. */
const packsOtherwise =
  /\b(layers|layered|includeTools|layout|loaderImplementation|requiresUnpack|classifier|archiveClassifier|executable|launchScript|embeddedLaunchScript|PropertiesLauncher|classifiers)\b/;

/** What reads the JAR of the program as a whole. */
const readsTheJar = /\bloader\.(path|main|home|args|config)\b|\b(LOADER_PATH|JAR_FILE)\b|\brepackage\.skip\b|(?<![-\w])(jar|unzip|jdeps|jlink)\s+-?[a-z]*[xtf]/;

/**
 * The JAR of Spring Boot, taken apart into its libraries and what the project itself is, for one that is started as it stands: `java -jar` of what is left of
 * it loads the libraries from the folder beside it. https://docs.spring.io/spring-boot/reference/packaging/efficient.html
 * The tools came with 3.3.0, and could not unpack each service's configuration before 3.3.1: https://github.com/spring-projects/spring-boot/issues/40947
 * undefined where the JAR is none, or its release is not known to hold them.
 */
export function unpackedJar(
  { start, said }: Build,
  files: ProjectFiles,
  jar: string,
): { readonly artefacts: readonly Artefact[]; readonly unpacked: Unpacked } | undefined {
  const output = /^(.*)\/(target|build)(\/libs)?\/[^/]+\.jar$/.exec(jar);
  if (!output) return undefined;
  const [, project = '/', folder = ''] = output;
  const version = versionOf(files, project, folder === 'target' ? ['pom.xml'] : ['build.gradle', 'build.gradle.kts']);
  if (version === undefined || !isAtLeast(version, '3.3.1')) return undefined;
  const options = start.words.slice(0, start.words.indexOf('-jar'));
  if ([...options, ...said].some((text) => readsTheJar.test(text)) || /-plain\.jar$|\.original$/.test(jar)) return undefined;
  const beside = posix.dirname(jar);
  const unpacked = posix.join(project, folder, 'unpacked');
  return {
    artefacts: [
      { path: posix.join(unpacked, 'lib'), destination: posix.join(beside, 'lib') },
      { path: posix.join(unpacked, posix.basename(jar)), destination: jar, inFolder: true },
    ],
    unpacked: {
      by: ['java', '-Djarmode=tools', '-jar', jar, 'extract', '--destination', unpacked],
      differs: 'the libraries of the JAR are loaded from a folder beside it',
    },
  };
}

/** The release of Spring Boot whose plug-in packs the JAR by itself. */
function versionOf(files: ProjectFiles, project: string, manifests: readonly string[]): string | undefined {
  const manifest = manifests.map((name) => posix.join(project, name)).find((path) => files.has(path));
  const text = manifest === undefined ? undefined : files.text(manifest)?.replaceAll(/<!--[^]*?-->|^\s*\/\/.*$/gm, '');
  if (text === undefined || packsOtherwise.test(text)) return undefined;
  if (manifest?.endsWith('.xml') !== true) return /\bid\s*\(?\s*["']org\.springframework\.boot["']\s*\)?\s*version\s*["'](\d+\.\d+\.\d+)["']/.exec(text)?.[1];
  if (/<packaging>\s*(?!jar\s*<)|<skip>|<modules>/.test(text) || !/spring-boot-maven-plugin/.test(text)) return undefined;
  return /<parent>[^]*?<artifactId>\s*spring-boot-starter-parent\s*<\/artifactId>\s*<version>\s*(\d+\.\d+\.\d+)\s*<\/version>[^]*?<\/parent>/.exec(text)?.[1];
}
