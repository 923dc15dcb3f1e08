import type { Dockerfile, Instruction } from './model.ts';

/** True for a COPY, where the file itself asks for a frontend that has `--parents`: https://docs.docker.com/reference/dockerfile/#copy---parents */
export function copiesWithParents({ directives }: Dockerfile, { keyword }: Instruction): boolean {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const [, minor = '0', labs] = /:1\.(\d+)[\d.]*(-labs)?$/.exec(frontend) ?? [];
  return keyword === 'COPY' && (Number(minor) >= (labs ? 7 : 20) || frontend.endsWith(':labs'));
}

/** False where the file asks for a frontend before 1.2, but for an experimental one: https://docs.docker.com/build/buildkit/dockerfile-release-notes/#120 */
export function hasCacheMounts({ directives }: Dockerfile): boolean {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const [, minor, experimental] = /:1\.(\d+)[\d.]*(-experimental)?$/.exec(frontend) ?? [];
  return minor === undefined || Number(minor) >= 2 || experimental !== undefined;
}
