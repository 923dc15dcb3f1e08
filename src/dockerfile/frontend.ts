import type { Dockerfile, Instruction } from './model.ts';

/** True for a COPY, where the file itself asks for a frontend that has `--parents`: https://docs.docker.com/reference/dockerfile/#copy---parents */
export function copiesWithParents({ directives }: Dockerfile, { keyword }: Instruction): boolean {
  const frontend = directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const [, minor = '0', labs] = /:1\.(\d+)[\d.]*(-labs)?$/.exec(frontend) ?? [];
  return keyword === 'COPY' && (Number(minor) >= (labs ? 7 : 20) || frontend.endsWith(':labs'));
}
