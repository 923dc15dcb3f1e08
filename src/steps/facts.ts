import type { ColdBuilds } from '../build-input.ts';
import type { Base } from '../bases/base.ts';
import type { DigestOf } from '../bases/digests.ts';
import type { Preference } from '../bases/preferred-rows.ts';
import type { Dockerfile, Instruction, Stage } from '../dockerfile/model.ts';
import type { Argument, Call, Ecosystem, Fetch, Use } from '../ecosystems/ecosystem.ts';
import type { Dialect, Script, SimpleCommand } from '../shell/script.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Environment } from './environment.ts';

/** What holds when a step runs. */
export interface State {
  /** What runs shell-form text; undefined where it is no POSIX-like shell or not known how it is called. */
  readonly dialect: Dialect | undefined;
  /** The shell is called with `-e`. */
  readonly errexit: boolean;
  /** As written; undefined while the base decides. */
  readonly user: string | undefined;
  /** Absolute; undefined where a variable or an unknown base decides. */
  readonly workdir: string | undefined;
  /** Variables of ENV and ARG that are set; an undefined value is one that is not known. */
  readonly environment: Environment;
}

/** What kind of work a command is. */
export type Kind =
  /** A call of a package manager. */
  | 'package'
  /** Makes, moves, removes or marks files. */
  | 'file'
  /** Makes users and groups. */
  | 'user'
  /** Locales, certificates, alternatives, modules: the system's own configuration. */
  | 'system'
  /** Brings a file from the network. */
  | 'fetch'
  /** Unpacks or packs. */
  | 'archive'
  /** Only looks. */
  | 'look'
  /** Changes the shell itself: `cd`, `export`, `set`, `exit` … */
  | 'shell'
  | 'unknown';

export interface CommandFacts {
  readonly command: SimpleCommand;
  /** Without directory and prefixes; undefined where an expansion decides. */
  readonly program: string | undefined;
  /** As it is called, directory included. */
  readonly path: string | undefined;
  readonly arguments: readonly Argument[];
  /** `sudo -E ` or nothing: what stands in front of the program, as written. */
  readonly prefix: string;
  /** Absolute: where it runs, as far as the `cd`s before it show. */
  readonly workdir: string | undefined;
  readonly kind: Kind;
  readonly ecosystem: Ecosystem | undefined;
  /** As an ecosystem gets it; undefined where no program is known, or what it does to files. */
  readonly call: Call | undefined;
  readonly use: Use | undefined;
  /** What it needs fetched, where its use is not known. */
  readonly fetch: Fetch | undefined;
  /** Absolute paths, `*` allowed, as far as they are known. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly removes: readonly string[];
  /** Some path that it writes or removes is not known. */
  readonly unknownPaths: boolean;
}

export interface Mount {
  readonly type: string;
  /** Of a cache. */
  readonly id: string | undefined;
  readonly target: string | undefined;
  /** A path of the build context, or of the stage or image that `from` names. */
  readonly source: string;
  readonly from: string | undefined;
}

export interface RunFacts {
  readonly form: 'shell' | 'exec' | 'heredoc';
  /** undefined where the text is opaque; `opaque` says why. */
  readonly script: Script | undefined;
  readonly opaque: string | undefined;
  readonly commands: readonly CommandFacts[];
  readonly mounts: readonly Mount[];
}

export interface CopyFacts {
  /** `--from`, or undefined for the build context. */
  readonly from: string | undefined;
  /** As BuildKit reads them, heredoc sources not among them. */
  readonly sources: readonly string[];
  /** As written. */
  readonly destination: string;
  /** Absolute and without a slash at the end; undefined where a variable or the base decides. */
  readonly path: string | undefined;
  /** It surely is a directory. */
  readonly directory: boolean;
}

export interface Step {
  readonly instruction: Instruction;
  readonly stage: StageFacts;
  readonly state: State;
  readonly run: RunFacts | undefined;
  readonly copy: CopyFacts | undefined;
}

export interface StageFacts {
  readonly stage: Stage;
  readonly base: Base;
  /** The stage it is built FROM, where that is one of this file. */
  readonly parent: StageFacts | undefined;
  readonly steps: Step[];
  /** The last one, the ones named by `--target`, and what those are built FROM. */
  shipped: boolean;
  /** What people want what is shipped to be built FROM, where they say so. */
  readonly prefers: Preference | undefined;
}

/** What callers give to the build, by name, each with the caller that does. */
export interface Given {
  readonly args: ReadonlyMap<string, string>;
  /** Those of the arguments whose value is, or is made of, something that its caller keeps to himself. */
  readonly secrets: ReadonlySet<string>;
  /** Build contexts that stand in for images and stages. */
  readonly contexts: ReadonlyMap<string, string>;
}

/** Everything that is known of one Dockerfile. */
export interface Facts {
  /** Of the Dockerfile, relative to the working directory, with forward slashes. */
  readonly path: string;
  readonly dockerfile: Dockerfile;
  readonly stages: readonly StageFacts[];
  readonly steps: readonly Step[];
  readonly context: ContextFiles;
  /** Platforms that callers build for, as `linux/arm64`. */
  readonly platforms: readonly string[];
  readonly given: Given;
  /** What registries say of images. */
  readonly digestOf: DigestOf;
  /** Builds in CI that begin without a cache. */
  readonly cold: ColdBuilds;
  /** As `2027-01-01`, in UTC; undefined where it does not matter. */
  readonly today: string | undefined;
  /** Refusals that tests switch off. */
  readonly without: ReadonlySet<string>;
}
