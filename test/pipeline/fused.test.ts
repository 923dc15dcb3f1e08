import { join } from 'node:path';
import { expect, test } from 'vitest';
import transforms from '../../transforms/index.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { readFixture, runAll } from '../../src/testing/fixture.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'introduce-stages');
const byItself = transforms.filter((transform) => transform.default !== 'off');

/** Applications, and what their Dockerfile runs: apart and in one RUN. */
const cases: { name: string; dockerfile: (runs: string) => string; apart: string[] }[] = [
  {
    name: 'app-chi',
    dockerfile: (runs) => `FROM golang:1.22\nWORKDIR /src\nCOPY . .\n${runs}EXPOSE 8080\nCMD ["pier"]\n`,
    apart: ['go mod download', 'go vet ./...', 'go build -o /usr/local/bin/pier ./cmd/pier'],
  },
  {
    name: 'app-express',
    dockerfile: (runs) => `FROM node:20\nWORKDIR /app\nCOPY . .\n${runs}EXPOSE 3000\nCMD ["node", "dist/server.js"]\n`,
    apart: ['npm ci', 'npm run build'],
  },
  {
    name: 'app-flask',
    dockerfile: (runs) => `FROM python:3.11\nWORKDIR /app\nCOPY . .\n${runs}EXPOSE 8000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "sundial.app:app"]\n`,
    apart: ['apt-get update', 'apt-get install -y --no-install-recommends libpq-dev tzdata', 'pip install --no-cache-dir -r requirements.txt'],
  },
  {
    name: 'app-tiny-http',
    dockerfile: (runs) => `FROM rust:1.80\nWORKDIR /src\nCOPY . .\n${runs}EXPOSE 8000\nCMD ["./target/release/sextant"]\n`,
    apart: ['rustup component add clippy', 'cargo clippy', 'cargo build --release --locked'],
  },
];

test.each(cases)('RUNs of $name that are chained or apart come to the same image', ({ name, dockerfile, apart }) => {
  const fixture = readFixture(join(fixtures, name), name);
  const [unfused, fused] = [apart.map((run) => `RUN ${run}\n`).join(''), `RUN ${apart.join(' && ')}\n`].map((runs) => {
    const { files } = runAll({ ...fixture, before: new Map([...fixture.before, ['Dockerfile', dockerfile(runs)]]) }, { level: 'review', transforms: byItself });
    return shippedBy(files.get('Dockerfile') ?? '');
  });
  expect(unfused?.[0]).not.toBe(dockerfile('').split('\n')[0]);
  expect(fused).toEqual(unfused);
});

/** The instructions of the last stage, without the form of their lines. */
function shippedBy(text: string): string[] {
  const reading = readDockerfile(text);
  const stage = 'dockerfile' in reading ? reading.dockerfile.stages.at(-1) : undefined;
  return stage ? [stage.from, ...stage.instructions].map(({ joined }) => joined.text.replaceAll(/\s+/g, ' ').trim()) : [];
}
