import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import type { Build, Framework, Program } from './framework.ts';
import { jarMatched } from './jar-names.ts';
import { unpackedJar } from './spring-boot.ts';

/** A JAR that Maven, Gradle or sbt makes, and that holds what it needs; a folder with all JARs and a script that starts them. */
export const jvm: Framework = {
  id: 'jvm',
  builders: new Set(['mvn', 'mvnw', 'gradle', 'gradlew', 'sbt']),
  isReadByBuildsAlone: (path) => /(^|\/)(pom\.xml|build\.sbt|(build|settings)\.gradle(\.kts)?)$/.test(path),
  buildVariables: /^(MAVEN_(OPTS|CONFIG|HOME|ARGS)|GRADLE_\w+|SBT_\w+)$/,
  program(build) {
    const { calls, start } = build;
    const made = calls.findLast(({ commands }) => commands.some(({ program, words }) => builds(program, words)));
    if (!made) return undefined;
    const { jar, path } = startedIn(start.words);
    const given = made.commands.flatMap((command) => command.words);
    const placeOf = (one: string): string => {
      const place = posix.resolve(start.workdir, one.replace(/\/\*$/, ''));
      return (byShell(build) && jarMatched(made.files, place, given)) || place;
    };
    const places = [...(jar === undefined ? [] : [jar]), ...path].map(placeOf);
    const folder = distribution.exec(posix.resolve(start.workdir, start.words[0] ?? ''))?.[1];
    if (folder !== undefined) return programOf(build, [folder], 'the JARs with the script that starts them');
    if (places.length === 0) return { because: 'what the image starts is no JAR and no class path that its build makes', file: undefined };
    const isWhole = made.commands.some(({ words }) => words.some((word) => /(^|[:/\s])(shadowJar|bootJar|uberJar|assembly)$/.test(word ?? '')));
    const sourceOf = (one: string): string => build.copied.get(one) ?? one;
    const strange = places.find((one) => !outputs.some((output) => sourceOf(one).includes(`/${output}/`)) || /[*?$]/.test(one));
    if (strange !== undefined) return { because: 'what the image starts is not made in the folder of its build', file: posix.relative('/', strange) };
    return (
      (jar === undefined || isWhole ? undefined : neededBeside(made.files, projectOf(sourceOf(places[0] ?? '')))) ??
      programOf(build, [...new Set(places)], jar === undefined ? 'what Java loads' : 'the JAR')
    );
  },
};

/** A shell finds the files that the command names by a pattern. */
function byShell({ said }: Build): boolean {
  return said.findLast((text) => /^\s*(CMD|ENTRYPOINT)\s/i.test(text))?.includes('[') === false;
}

const outputs = ['build/libs', 'target'];

/** Where a distribution lies, behind its folder the script: https://docs.gradle.org/current/userguide/application_plugin.html, https://www.scala-sbt.org/sbt-native-packager/archetypes/java_app/, https://github.com/xerial/sbt-pack */
const distribution = /^(.*\/(?:build\/install\/[^/]+|target\/universal\/stage|target\/pack))\/bin\/[^/]+$/;

/** https://maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html, https://docs.gradle.org/current/userguide/building_java_projects.html, https://github.com/sbt/sbt-assembly */
function builds(program: string, words: readonly (string | undefined)[]): boolean {
  if (program === 'mvn' || program === 'mvnw') return words.some((word) => /^(package|verify|install|assembly:single)$/.test(word ?? ''));
  if (program === 'sbt') return words.some((word) => /(^|[/\s])(assembly|stage|pack)$/.test(word ?? ''));
  return (
    (program === 'gradle' || program === 'gradlew') &&
    words.some((word) => /(^|:)(build|assemble|jar|bootJar|shadowJar|uberJar|war|bootWar|installDist)$/.test(word ?? ''))
  );
}

/** `java -Xmx1g -jar app.jar`, `java -cp 'classes:lib/*' Main`: the JAR, and what else is loaded from. */
function startedIn([program = '', ...words]: readonly string[]): { readonly jar: string | undefined; readonly path: readonly string[] } {
  if (posix.basename(program) !== 'java') return { jar: undefined, path: [] };
  const at = words.indexOf('-jar');
  const path = words.flatMap((word, i) => {
    if (/^(-cp|-classpath|--class-path|-p|--module-path)$/.test(word)) return words[i + 1]?.split(':') ?? [];
    return /^--(class|module)-path=/.test(word) ? word.replace(/^[^=]*=/, '').split(':') : [];
  });
  return { jar: at < 0 ? undefined : words[at + 1], path: at < 0 ? path.filter((one) => one !== '') : [] };
}

/** The folder of the project that makes something. */
function projectOf(path: string): string {
  const output = outputs.find((one) => path.includes(`/${one}/`)) ?? '';
  return path.slice(0, path.indexOf(`/${output}/`)) || '/';
}

/** Plugins that put all that a program needs into its JAR. */
const whole =
  /spring-boot-maven-plugin|maven-shade-plugin|maven-assembly-plugin|jar-with-dependencies|org\.springframework\.boot['")]|com\.github\.johnrengelman\.shadow|com\.gradleup\.shadow|onejar|quarkus\.package\.(jar\.)?type\s*[=>]\s*uber-jar/;

/** Why the JAR does not hold all that it needs: dependencies that no plugin puts into it. */
function neededBeside(files: ProjectFiles, project: string): Obstacle | undefined {
  const manifest = ['pom.xml', 'build.gradle', 'build.gradle.kts'].map((name) => posix.join(project, name)).find((path) => files.has(path));
  const text = manifest === undefined ? undefined : files.text(manifest)?.replaceAll(/<!--[^]*?-->/g, '');
  if (text === undefined || manifest === undefined) return { because: 'the manifest of what the JAR is built from is not there', file: project };
  if (whole.test(text)) return undefined;
  const dependencies = manifest.endsWith('.xml')
    ? [...text.replace(/<dependencyManagement>[^]*?<\/dependencyManagement>|<plugin>[^]*?<\/plugin>/g, '').matchAll(/<dependency>[^]*?<\/dependency>/g)].filter(
        ([one]) => !/<scope>\s*(test|provided)/.test(one),
      )
    : [...text.matchAll(/^\s*(implementation|api|compile|runtime|runtimeOnly)\b/gm)];
  if (dependencies.length > 0)
    return { because: 'the JAR has dependencies, and no plugin that puts them into it is known', file: posix.relative('/', manifest) };
  return /<parent>/.test(text) && !/spring-boot-starter-parent/.test(text) && !/<relativePath/.test(text)
    ? { because: 'a manifest from elsewhere says what the JAR holds', file: posix.relative('/', manifest) }
    : undefined;
}

/** What opens files by a path. */
const opensFiles =
  /\bnew\s+File(Reader|Writer|InputStream|OutputStream)?\(|\bPaths?\.(get|of)\(|\bFiles\.\w+\(|\bRandomAccessFile\b|["'](file:|\.\/|\.\.\/)|\bFileSystemResource\b/;
const source = /\.(java|kt|kts|scala|groovy)$/;
/** What goes into the JAR, and what builds it; all else in the folder may be read: as settings of Spring Boot are, or a `conf` folder. */
const ofBuild =
  /(^|\/)(src|gradle|\.mvn|buildSrc|test)\/|(^|\/)(pom\.xml|mvnw(\.cmd)?|gradlew(\.bat)?|gradle\.(properties|lockfile)|build\.properties|\.(sbtopts|jvmopts|scalafmt\.conf|scalafix\.conf)|lombok\.config|(checkstyle|pmd|spotbugs)[\w.-]*\.xml)$|\.(gradle|kts|java|kt|scala|groovy|sbt|proto|jks)$/;

function programOf(build: Build, places: readonly string[], title: string): Program | Obstacle {
  const { files, start, readable, said } = build;
  const started = said.filter((text) => /^\s*(CMD|ENTRYPOINT)\s/i.test(text)).join('\n');
  let reads = readable.find((file) => {
    const path = posix.relative(start.workdir, `/${file}`);
    return started.includes(path) || !ofBuild.test(path);
  });
  for (const file of files.below('/')) {
    if (!source.test(file) || /(^|\/)(src\/test|buildSrc|project)\/|\.gradle(\.kts)?$/.test(file)) continue;
    const text = files.text(file);
    if (text === undefined) return { because: 'a file of the source cannot be looked through', file };
    if (opensFiles.test(text)) reads ??= file;
  }
  const [jar = '', ...more] = places;
  const parted = more.length === 0 && jar.endsWith('.jar') ? unpackedJar(build, files, jar) : undefined;
  if (parted) return { title: `${title} and its libraries`, ...parted, reads };
  return { title, artefacts: places.map((path) => ({ path, destination: path, inFolder: path.endsWith('.jar') })), reads };
}
