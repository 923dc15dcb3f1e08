/** One thing in which two images differ. */
export interface Difference {
  readonly part: 'configuration' | 'files' | 'smoke';
  /** A field of the configuration, `Env PATH` for one of several; an absolute path; what of the smoke command. */
  readonly name: string;
  readonly aspect: Aspect;
  /** For people; undefined where it is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type Aspect = 'value' | 'presence' | 'kind' | 'content' | 'mode' | 'owner' | 'attributes';
