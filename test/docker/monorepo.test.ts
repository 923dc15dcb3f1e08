import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monorepo, type Service } from '../../bench/monorepo/monorepo.ts';
import { writeRepository } from '../../bench/monorepo/on-disk.ts';
import { removeAll, type Engine } from '../../src/verify/engine.ts';
import { dockopt } from '../cli/built.ts';
import { answerOf } from './answers.ts';
import { network, testEngine } from './engine.ts';

const run = promisify(execFile);
const everything = process.env['MONOREPO'] === 'all';
/** One service of each kind of caller, layout and language that the engine has bases for; all with MONOREPO=all, else the first one. */
const chosen = everything ? choose() : choose().slice(0, 1);
const size = everything ? 100 : 25;
const repository = monorepo(size);
const root = mkdtempSync(join(tmpdir(), 'dockopt-monorepo-'));
const [before, after] = [join(root, 'before'), join(root, 'after')];
const engine = await testEngine();

interface Chosen {
  readonly title: string;
  readonly service: Service;
}

function choose(): Chosen[] {
  const seen = new Set<string>();
  return monorepo(100).services.flatMap((service) => {
    const { language, layout, name } = service;
    const kind = callerOf(service)?.kind;
    if (language === 'PHP' || language === '.NET on Windows' || kind === undefined) return [];
    const traits = [`${language} ${kind}`, `${layout} ${kind}`];
    if (traits.every((trait) => seen.has(trait))) return [];
    for (const trait of traits) seen.add(trait);
    return [{ title: `${name}: ${language}, ${service.style}, ${layout}, by ${kind}`, service }];
  });
}

/** The one that builds what is shipped: the stage of development runs on. */
function callerOf({ callers }: Service): Service['callers'][number] | undefined {
  return callers.find(({ stage }) => stage !== 'dev');
}

describe.skipIf(!engine)('services of a monorepo, built before and after by what builds them', () => {
  beforeAll(() => {
    for (const folder of [before, after]) {
      mkdirSync(folder);
      writeRepository(folder, repository.files);
    }
    const { code, said } = dockopt(after, '--write', '--level', 'review');
    if (code !== 0) throw new Error(said);
  }, 300_000);
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true });
    if (engine) await removeAll(engine);
  });

  test('there are enough of them', () => {
    expect(chosen.length).toBeGreaterThanOrEqual(everything ? 20 : 1);
  });

  // Two at a time, as most of a build is waiting.
  test.concurrent.each(chosen)('$title', { timeout: 900_000 }, async ({ service }) => {
    if (!engine) return;
    const [was, is] = [await answerOf(await buildIn(before, service, engine), undefined), await answerOf(await buildIn(after, service, engine), undefined)];
    expect(was.answer).toContain(service.name);
    expect(was.answer).toMatch(/exit code 0$/);
    // npm says what it starts; `direct-command` announces that this is gone.
    expect(is.answer).toBe(was.answer.replace(/^\n(> .*\n)+\n/, ''));
  });
});

/** Builds a service as its caller does; its tag. */
async function buildIn(folder: string, service: Service, { label }: Engine): Promise<string> {
  const tag = `dockopt-verify:${randomUUID()}`;
  const caller = callerOf(service);
  const expected = repository.targets
    .filter(({ dockerfile, stage }) => dockerfile === service.dockerfile && (stage ?? undefined) === caller?.stage)
    .flatMap(({ callers }) => callers)[0];
  if (!expected || !caller) throw new Error(`nothing builds ${service.name}`);
  const cwd = join(folder, dirname(expected.file));
  const line = readFileSync(join(folder, expected.file), 'utf8').split('\n')[expected.line - 1] ?? '';
  const options = [...network, '--label', label, '--tag', tag];
  if (caller.kind === 'compose' || caller.kind === 'bake') {
    const [key = '', value = ''] = label.split('=');
    // What it takes here alone, in a file of its own: the definitions of one target are merged.
    const more = join(root, `${randomUUID()}.json`);
    writeFileSync(more, JSON.stringify({ target: { [service.name]: { network: 'host', tags: [tag], output: ['type=docker'], labels: { [key]: value } } } }));
    await run(
      'docker',
      ['buildx', 'bake', '--file', basename(expected.file), '--file', more, '--allow', 'fs.read=*', '--allow', 'network.host', service.name],
      { cwd },
    );
  } else if (caller.kind === 'make') await run('make', [service.name, `OPTIONS=${options.join(' ')}`], { cwd });
  else if (caller.kind === 'run') await run('sh', ['-c', line.replace(/^ *run: docker build/, `docker build ${options.join(' ')}`)], { cwd: folder });
  else {
    // What the action hands to the builder.
    const { context, dockerfile, args, contexts } = service;
    const given = [
      ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...Object.entries(contexts).flatMap(([name, path]) => ['--build-context', `${name}=${path}`]),
    ];
    const stage = caller.stage === undefined ? [] : ['--target', caller.stage];
    await run('docker', ['build', ...options, ...given, ...stage, '--file', dockerfile, context || '.'], { cwd: folder });
  }
  return tag;
}
