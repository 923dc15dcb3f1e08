import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';

/** What makes more than one JAR, or names it otherwise than by what is read here. */
const otherwise = {
  maven: /<classifier>|maven-(source|javadoc|shade|assembly|dependency)-plugin|<outputDirectory>|<packaging>\s*(?!jar\s*<)|<modules>/,
  gradle:
    /\barchive(FileName|BaseName|Version|Classifier|sBaseName|sName|Name)\b|\bclassifier\b|\bwith(Sources|Javadoc)Jar\b|shadow|\blibsDir|\bdestinationDir/,
};
/** Options that say so on the command line. */
const named = /^-[DP](revision|finalName|version|jar\.|project\.build)/;

/** The one JAR that a build leaves where `target/*.jar` or `build/libs/*.jar` looks, absolute; undefined where its manifest does not tell. */
export function jarMatched(files: ProjectFiles, pattern: string, words: readonly (string | undefined)[]): string | undefined {
  const [, project = '/', output] = /^(.*)\/(target|build\/libs)\/\*\.jar$/.exec(pattern) ?? [];
  if (output === undefined || words.some((word) => word === undefined || named.test(word))) return undefined;
  const name = output === 'target' ? nameByMaven(files, project) : nameByGradle(files, project, words);
  return name && posix.join(project, output, `${name}.jar`);
}

/** https://maven.apache.org/pom.html#the-basebuild-element-set: `finalName`, or artifact and version, which a parent may give. */
function nameByMaven(files: ProjectFiles, project: string): string | undefined {
  const text = files.text(posix.join(project, 'pom.xml'))?.replaceAll(/<!--[^]*?-->/g, '');
  if (text === undefined || otherwise.maven.test(text)) return undefined;
  const final = /<finalName>\s*([^<]*?)\s*<\/finalName>/.exec(text)?.[1];
  const own = text.replaceAll(/<(parent|dependencies|dependencyManagement|build|profiles|properties|reporting)>[^]*?<\/\1>/g, '');
  const version = valueOf(own, 'version') ?? valueOf(/<parent>[^]*?<\/parent>/.exec(text)?.[0] ?? '', 'version');
  const name = final ?? [valueOf(own, 'artifactId'), version].join('-');
  return /^[\w.]+(-[\w.]+)*$/.test(name) ? name : undefined;
}

function valueOf(text: string, field: string): string | undefined {
  return new RegExp(`<${field}>\\s*([^<]*?)\\s*</${field}>`).exec(text)?.[1];
}

/** The JAR of Spring Boot, where no plain one lies beside it: https://docs.spring.io/spring-boot/gradle-plugin/packaging.html#packaging-executable.and-plain-archives */
function nameByGradle(files: ProjectFiles, project: string, words: readonly (string | undefined)[]): string | undefined {
  const textOf = (...names: readonly string[]): string => {
    const path = names.map((one) => posix.join(project, one)).find((one) => files.has(one));
    return (path === undefined ? undefined : files.text(path)?.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')) ?? '';
  };
  const build = textOf('build.gradle', 'build.gradle.kts');
  const isAlone =
    /\bjar\s*\{[^}]*\benabled\s*=\s*false|\bjar\.enabled\s*=\s*false|named(<Jar>)?\(["']jar["']\)\s*\{[^}]*\benabled\s*=\s*false/.test(build) ||
    words.every((word) => !/(^|:)(build|assemble|jar)$/.test(word ?? ''));
  if (!/org\.springframework\.boot/.test(build) || otherwise.gradle.test(build) || !isAlone) return undefined;
  const name = /^\s*rootProject\.name\s*=\s*["']([\w.-]+)["']/m.exec(textOf('settings.gradle', 'settings.gradle.kts'))?.[1];
  const version = /^version\s*=?\s*["']([\w.-]+)["']/m.exec(build)?.[1];
  return name === undefined || version === undefined ? undefined : `${name}-${version}`;
}
