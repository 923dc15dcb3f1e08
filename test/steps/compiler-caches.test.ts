import { describe, expect, test } from 'vitest';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { cacheUsesOf } from '../../src/steps/cache-uses.ts';
import { readFacts } from '../../src/steps/read.ts';
import { noFiles } from '../../src/workspace/workspace.ts';

/** The folders of the compiler caches of the last RUN, or why they are not known. */
function cachesOf(text: string): string[] {
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading)) throw new Error('the Dockerfile of the test is not understood');
  const facts = readFacts(reading.dockerfile, { context: noFiles });
  const step = facts.steps.findLast(({ run }) => run);
  if (!step) throw new Error('the Dockerfile of the test has no RUN');
  const { uses, unknown } = cacheUsesOf(step, facts);
  return [...uses.filter(({ title }) => title.includes('ccache')).flatMap(({ directories }) => directories), ...unknown.map(({ because }) => because)];
}

const debian = 'FROM debian:bookworm-slim\n';
const linked = `${debian}ENV PATH=/usr/lib/ccache:$PATH\n`;
const ccache = ['/root/.cache/ccache'];

describe('ccache', () => {
  test.each([
    ['called by its name', `${debian}RUN ccache gcc -O2 -c a.c`],
    ['as the compiler of the environment', `${debian}ENV CC="ccache gcc"\nRUN make`],
    ['as the compiler of one call', `${debian}RUN make CC="ccache gcc"`],
    ['exported in front', `${debian}RUN export CXX="ccache g++" && make -j4`],
    ['told to CMake in an earlier RUN', `${debian}RUN cmake -B out -DCMAKE_C_COMPILER_LAUNCHER=ccache\nRUN cmake --build out`],
    ['told to CMake in front', `${debian}RUN cmake -G Ninja -DCMAKE_CXX_COMPILER_LAUNCHER:STRING=/usr/bin/ccache . && ninja`],
    ['told to CMake by a variable', `${debian}ENV CMAKE_CXX_COMPILER_LAUNCHER ccache\nRUN cmake --build out`],
    ['by links to it, for a compiler called so', `${linked}RUN gcc -o a a.c`],
    ['by links to it, for the compiler that is set', `${linked}ENV CC=gcc\nRUN make`],
    ['by links to it, for a configure script', `${linked}RUN ./configure && make`],
    ['by links to it that are made again', `${linked}RUN update-ccache-symlinks\nRUN make`],
    ['by links to it, which are complete elsewhere', 'FROM alpine:3.20\nENV PATH=/usr/lib/ccache/bin:$PATH\nRUN make'],
  ])('%s', (_what, text) => expect(cachesOf(text)).toEqual(ccache));

  test.each([
    ['it is not used', `${debian}RUN apt-get install -y ccache\nRUN make`],
    ['the links to it lack `cc`', `${linked}RUN make`],
    ['nothing is compiled', `${linked}ENV CC=gcc\nRUN make clean`],
    ['CMake is only told', `${debian}RUN cmake -B out -DCMAKE_C_COMPILER_LAUNCHER=ccache`],
    ['it only shows what it has', `${debian}RUN ccache -s`],
    ['the cache lies elsewhere', `${debian}ENV CC="ccache gcc" CCACHE_REMOTE_ONLY=1\nRUN make`],
    ["the export is another RUN's", `${debian}RUN export CC="ccache gcc"\nRUN make`],
    ['the tool that it is set for is another one', `${debian}ENV CC="ccache gcc"\nRUN date`],
  ])('has no cache where %s', (_what, text) => expect(cachesOf(text)).toEqual([]));

  test('its folder is that of its release, or where a variable puts it', () => {
    expect(cachesOf('FROM ubuntu:20.04\nRUN ccache gcc -c a.c')).toEqual(['/root/.ccache']);
    expect(cachesOf(`${debian}ENV CCACHE_DIR=/ccache\nRUN ccache gcc -c a.c`)).toEqual(['/ccache']);
    expect(cachesOf(`${debian}ARG FOLDER=/ccache\nENV CCACHE_DIR=$FOLDER\nRUN ccache gcc -c a.c`)).toEqual([
      'where its cache lies may depend on CCACHE_DIR, whose value is not known',
    ]);
  });

  test('it is not known where a file or an option may put it', () => {
    const because = ['a step sets up ccache, and its cache may lie elsewhere'];
    expect(cachesOf(`${debian}COPY ccache.conf /etc/\nRUN ccache gcc -c a.c`)).toEqual(because);
    expect(cachesOf(`${debian}RUN ccache --set-config cache_dir=/objects\nRUN ccache gcc -c a.c`)).toEqual(because);
  });
});

test('sccache where it wraps rustc and keeps its cache on this machine', () => {
  const rust = 'FROM rust:1.80\n';
  expect(cachesOf(`${rust}ENV RUSTC_WRAPPER=/usr/local/bin/sccache\nRUN cargo build --release`)).toEqual(['/root/.cache/sccache']);
  expect(cachesOf(`${rust}RUN RUSTC_WRAPPER=sccache SCCACHE_DIR=/objects cargo build`)).toEqual(['/objects']);
  expect(cachesOf(`${rust}ENV RUSTC_WRAPPER=sccache SCCACHE_BUCKET=objects\nRUN cargo build`)).toEqual([]);
  expect(cachesOf(`${rust}RUN cargo build`)).toEqual([]);
  expect(cachesOf(`${rust}ENV RUSTC_WRAPPER=sccache\nRUN cargo fmt --check`)).toEqual([]);
});
