/** Where the machine that builds has a secret: in a variable of its environment, or in a file of the build context (relative to that, with forward slashes). */
export type SecretSource = { readonly environment: string } | { readonly file: string };

/** A secret that a build gets from whoever starts it: https://docs.docker.com/build/building/secrets/ */
export interface BuildSecret {
  readonly kind: 'secret';
  readonly id: string;
  readonly source: SecretSource;
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

/** What a Dockerfile wants of those who build it. */
export type BuildInput = BuildSecret | BuildSsh;
