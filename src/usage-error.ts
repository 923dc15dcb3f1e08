/** What the person who called can mend: the command line, a transform of theirs. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
