import { posix } from 'node:path';

/** A source of COPY or ADD as a path of the context, `.` for the whole: BuildKit takes it from the context's root and never above. */
export function contextPath(source: string): string {
  const path = posix
    .normalize(source)
    .replace(/^(\.\.?\/|\/)+/, '')
    .replace(/\/+$/, '');
  return path === '' || path === '..' ? '.' : path;
}
