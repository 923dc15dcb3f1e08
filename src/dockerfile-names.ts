import { posix } from 'node:path';

/** `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, the same with Containerfile, in any case; never an ignore file. */
export function isDockerfileName(path: string): boolean {
  const name = posix.basename(path);
  return /^(docker|container)file(\..+)?$|\.(docker|container)file$/i.test(name) && !/\.dockerignore$/i.test(name);
}

/** No ending of its own, as `Dockerfile.md` and `Dockerfile.j2` have one, says that the file is something else. */
export function isSurelyDockerfileName(path: string): boolean {
  return /(^|\.)(docker|container)file$/i.test(posix.basename(path));
}
