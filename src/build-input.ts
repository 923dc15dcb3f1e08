/** Where the machine that builds has a secret: in a variable of its environment, or in a file of the build context (relative to that, with forward slashes). */
export type SecretSource = { readonly environment: string } | { readonly file: string };

/** A secret that a build gets from whoever starts it: https://docs.docker.com/build/building/secrets/ */
export interface BuildSecret {
  readonly kind: 'secret';
  readonly id: string;
  readonly source: SecretSource;
  /** The build does without it. */
  readonly optional?: boolean | undefined;
  /** The build argument that brought it before. */
  readonly insteadOf?: string | undefined;
}

/** An agent that answers for the keys of whoever starts the build. */
export interface BuildSsh {
  readonly kind: 'ssh';
  readonly id: string;
  /** The build argument that brought a key before. */
  readonly insteadOf?: string | undefined;
}

/** What a build gets from whoever starts it. */
export type GivenInput = BuildSecret | BuildSsh;

/** A build in CI that begins without a cache, where a file of the repository declares it. */
export interface ColdBuild {
  /** Below the repository's root, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  /** The CI file that starts it: itself, or one that runs it. */
  readonly startedBy: string;
  /** By an action that can bring its cache to GitHub's. */
  readonly byAction?: boolean | undefined;
}

/** The builds of a Dockerfile that begin without a cache. */
export interface ColdBuilds {
  readonly builds: readonly ColdBuild[];
  /** The repository builds more than this, which would overwrite a cache without a name. */
  readonly amongOthers: boolean;
}

/** A cache that a build in CI reads and writes: https://docs.docker.com/build/cache/backends/ */
export interface BuildCache extends ColdBuilds {
  readonly kind: 'cache';
  readonly id: 'cache';
  readonly insteadOf?: undefined;
}

/** What a Dockerfile wants of those who build it. */
export type BuildInput = GivenInput | BuildCache;
