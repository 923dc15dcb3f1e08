import { posix } from 'node:path';
import { isManifest } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Facts, StageFacts, Step } from './facts.ts';
import { broughtBy } from './image-files.ts';
import { publishedScript } from './known-scripts.ts';
import { stageNamed } from './sources.ts';

/** What a stage's program is made of, as far as the build context holds it. */
export interface ProgramFiles {
  /** Paths in the context: what the COPYs of the stage bring, and those of the stages that it copies from. */
  readonly files: ReadonlySet<string>;
  /** The first part of it that cannot be seen. */
  readonly unseen: string | undefined;
}

export function programFiles(facts: Facts, stage: StageFacts): ProgramFiles {
  return filesOf(facts)(stage);
}

const filesOf = once((facts: Facts) =>
  once((stage: StageFacts): ProgramFiles => {
    const whole = wholeOf(facts.context.sent, facts.context);
    const files = new Set<string>();
    let isWhole = false;
    let unseen: string | undefined;
    const visited = new Set<StageFacts>();
    const visit = (one: StageFacts): void => {
      if (visited.has(one)) return;
      visited.add(one);
      if (one.parent) visit(one.parent);
      for (const step of one.steps) {
        const problem = step.copy ? copied(step, step.copy.from) : unreadFetch(step);
        if (problem) unseen ??= `line ${step.instruction.startLine}`;
      }
    };
    const copied = (step: Step, from: string | undefined): boolean => {
      if (from !== undefined) {
        const source = stageNamed(facts, step.stage, from);
        if (source) visit(source);
        return !source && !selfSufficient.test(from);
      }
      const brought = broughtBy(facts, step);
      if (brought && isAll(brought, whole)) isWhole = true;
      else for (const path of brought?.values() ?? []) files.add(path);
      if (brought && brought.size > 0) return opaqueOf(brought, facts.context).some((path) => !madeHere(facts, path, files));
      return !(step.copy?.sources.every((source) => madeHere(facts, source, files)) ?? false);
    };
    visit(stage);
    if (![...visited].some(({ steps }) => steps.some(({ copy }) => copy))) unseen ??= 'nothing is copied into it';
    return { files: isWhole ? whole : files, unseen };
  }),
);

/** All files of a context: one set, so that what follows from it is worked out once for all programs that are made of it. */
const wholeOf = once((_sent: object, context: ContextFiles): ReadonlySet<string> => new Set(context.below('')));

const isAll = once(
  (brought: ReadonlyMap<string, string>, whole: ReadonlySet<string>): boolean => brought.size >= whole.size && new Set(brought.values()).size === whole.size,
);

const opaqueOf = once((brought: ReadonlyMap<string, string>, context: ContextFiles): readonly string[] =>
  [...brought.values()].filter((path) => isOpaque(context, path)),
);

/** Images that hold programs linked to nothing, or that run on any glibc. */
const selfSufficient = /^(ghcr\.io\/astral-sh\/uv|krallin\/tini|docker\.io\/astral\/uv|astral\/uv|busybox|tianon\/gosu)(:|@|$)/;

/** Files that no program is: pictures, fonts, media, data, archives. */
const data =
  /\.(png|jpe?g|gif|ico|bmp|webp|avif|tiff?|svg|woff2?|ttf|otf|eot|mp[34]|wav|ogg|webm|mov|pdf|docx?|xlsx?|pptx?|zip|gz|tgz|tar|bz2|xz|zst|7z|db|sqlite3?|wasm|pkl|joblib|npy|npz|onnx|pt|pth|h5|parquet|bin|dat|mmdb|pem|crt|cer|der|p12|jks|keystore|mo|pyc|snap|keep|gitkeep|DS_Store)$/i;

/** Text cannot be had of it, and it may be a program or a part of one. */
function isOpaque(context: ContextFiles, path: string): boolean {
  return (context.size(path) ?? 0) > 0 && context.text(path) === undefined && !data.test(path);
}

const javaBuilds = /(^|\/)(pom\.xml|build\.gradle(\.kts)?|build\.sbt)$/;
const dotnetBuilds = /\.(cs|fs|vb)proj$/;

/** An archive for the JVM, or an assembly, that something outside built from the sources beside it: these are taken for it. */
function madeHere({ context }: Facts, path: string, files: Set<string>): boolean {
  const manifests = /\.(jar|war)$/.test(path) ? javaBuilds : /\.dll$|(^|\/)(publish|bin)(\/|$)/.test(path) ? dotnetBuilds : undefined;
  const all = manifests ? context.below('') : [];
  if (!all.some((file) => manifests?.test(file))) return false;
  for (const file of all) if (/\.(java|kt|kts|scala|groovy|cs|fs|vb|xml|gradle|sbt)$/.test(file) || isManifest(posix.basename(file))) files.add(file);
  return true;
}

/** Keys and sources of packages, and programs that are linked to nothing: https://github.com/krallin/tini, https://github.com/Yelp/dumb-init, https://github.com/tianon/gosu */
const plainDownload = /\b(tini|dumb-init|gosu)\b|\.(asc|gpg|key|pub|list)\b|\bkeys?\b|\bsetup_\d+\.x\b/;

/** A step that brings a program from the network in another way than by a package manager. */
function unreadFetch({ run }: Step): boolean {
  return (
    run?.commands.some(({ kind, program, command, arguments: all }, i) => {
      const next = run.commands[i + 1];
      if (next && publishedScript(run, next)?.brings !== undefined) return false;
      const fetches = kind === 'fetch' || (program === 'git' && all.some(({ value }) => value === 'clone'));
      return fetches && !plainDownload.test(command.words.map(({ text }) => text).join(' '));
    }) ?? false
  );
}
