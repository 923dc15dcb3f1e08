import { posix } from 'node:path';
import type { Obstacle } from '../closure.ts';
import { fieldsOf, projectIn } from './project.ts';
import { addFile, addPath, isInstalled, type Reading } from './reading.ts';

const configurations = ['ts', 'js', 'mjs', 'cjs', 'mts', 'cts'].flatMap((extension) => [`prisma.config.${extension}`, `.config/prisma.${extension}`]);

/** What `prisma generate` reads in a folder: https://www.prisma.io/docs/orm/prisma-schema/overview/location */
export function readPrisma(reading: Reading, folder: string, given?: string): Obstacle | undefined {
  const { files } = reading;
  const at = (name: string): string => posix.join(folder, name);
  for (const name of ['.env', 'prisma/.env']) addFile(reading, at(name));
  const configured = configurations.map(at).find((path) => addFile(reading, path));
  const text = configured === undefined ? '' : (files.text(configured) ?? '');
  if (/\bfrom\s*['"]\.|\b(import|require)\s*\(?\s*['"]\./.test(text)) return { because: 'it loads other files of the project', file: configured };
  if (configured !== undefined && /\bschema\s*:(?!\s*(path\.join\()?\s*['"][^'"]+['"])/.test(text))
    return { because: 'where the schema lies is computed', file: configured };
  const [, joined] = /\bschema\s*:\s*path\.join\(([^)]*)\)/.exec(text) ?? [];
  const parts = [...(joined ?? '').matchAll(/['"]([^'"]+)['"]/g)].map(([, part]) => part ?? '');
  const [, literal] = /\bschema\s*:\s*['"]([^'"]+)['"]/.exec(text) ?? [];
  const schema = fieldsOf(projectIn(files, folder)?.fields['prisma'])['schema'];
  const named = given ?? (parts.length > 0 ? parts.join('/') : literal) ?? (typeof schema === 'string' ? schema : undefined);
  const places = named === undefined ? ['schema.prisma', 'prisma/schema.prisma', 'prisma/schema'] : [named];
  const before = new Set(reading.read);
  for (const place of places) {
    const obstacle = files.has(at(place)) || files.below(at(place)).length > 0 ? addPath(reading, at(place), 'Prisma reads the schema') : undefined;
    if (obstacle) return obstacle;
  }
  for (const path of reading.read) {
    const obstacle = before.has(path) || !path.endsWith('.prisma') ? undefined : readGenerators(reading, folder, path);
    if (obstacle) return obstacle;
  }
  return undefined;
}

const generators = new Set(['prisma-client-js', 'prisma-client']);

function readGenerators(reading: Reading, folder: string, schema: string): Obstacle | undefined {
  const text = reading.files.text(schema) ?? '';
  for (const [, body = ''] of text.matchAll(/^\s*generator\s+\w+\s*\{([^}]*)\}/gm)) {
    const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(body)?.[1] ?? '';
    if (!generators.has(provider)) return { because: `what the generator \`${provider}\` reads is not known`, file: schema };
    const output = /^\s*output\s*=\s*"([^"]*)"/m.exec(body)?.[1];
    if (output !== undefined && !isInstalled(output)) reading.written.add(posix.join(posix.dirname(schema), output));
    if (provider === 'prisma-client') addFile(reading, posix.join(folder, 'tsconfig.json'));
  }
  return undefined;
}
