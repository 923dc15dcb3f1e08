/** What is compared of an image that was built. */
export interface Image {
  /** Fields of its configuration as `docker image inspect` names them, `Author`, `Os` and `Architecture` among them. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly tree: Tree;
  readonly size: Size;
  /** Where a smoke command was asked for. */
  readonly smoke: Smoke | undefined;
}

export interface Tree {
  /** By absolute path. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Home folders of its users, for caches that lie in one. */
  readonly homes: ReadonlySet<string>;
}

/** Anything that has a path; times are left out, since every build writes its own. */
export interface TreeFile {
  readonly kind: 'file' | 'folder' | 'link' | 'character device' | 'block device' | 'pipe';
  /** A file's SHA-256, a link's target; empty for others. A hard link has the content of what it is linked to. */
  readonly content: string;
  /** SHA-256 with all time stamps in it taken out, where there are some. */
  readonly timeless?: string;
  readonly bytes: number;
  /** Permissions, set-id and sticky bits, octal. */
  readonly mode: string;
  /** `uid:gid` */
  readonly owner: string;
  /** Extended attributes: file capabilities, for the most part. */
  readonly attributes: string;
}

export interface Size {
  readonly bytes: number;
  readonly layers: number;
}

export interface Smoke {
  /** Null where the command was stopped since it did not end. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the command could not be run at all. */
  readonly notRun?: string;
}
