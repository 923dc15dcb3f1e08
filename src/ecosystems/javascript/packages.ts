import { namedPackages, type Call, type Use } from '../ecosystem.ts';

/** `name`, `name@1`, `@scope/name@^1.2`; no folder, URL, archive or `user/repo`. */
const name = /^(?!.*\.(tgz|tar\.gz|tar)$)(@[\w.-]+\/)?\w[\w.-]*(@[\w.^~<>=*|+-]*)?$/;
const exact = /.@v?\d+\.\d+\.\d+[\w.+-]*$|@\$[\w{}]+["']?$/;

/** What an install outside of any project does not read. */
export function globalPackages(call: Call, positions: readonly number[]): Partial<Use> {
  const closure = namedPackages(call, positions, exact, name);
  return closure ? { closure } : {};
}
