import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../bench/damage.mjs');

interface Told {
  damage: { file: string; kind: string; line: number }[];
  yields: Record<string, { leavings: number; gone: number; after: number }>;
  missed: { file: string; line: number; manager: string }[];
}

/** What the bench tells of pairs of texts, all in one run, each in a file of its name. */
function told(pairs: readonly { name: string; before: string; after: string }[]): Told {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-damage-'));
  try {
    for (const side of ['before', 'after'] as const) {
      mkdirSync(join(folder, side));
      for (const pair of pairs) writeFileSync(join(folder, side, pair.name), pair[side]);
    }
    const { stdout, stderr } = spawnSync(process.execPath, [program, join(folder, 'before'), join(folder, 'after'), '--json'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inFiles(pairs: readonly (readonly [before: string, after: string])[]): { name: string; before: string; after: string }[] {
  return pairs.map(([before, after], i) => ({ name: String(i), before: `FROM a\n${before}\n`, after: `FROM a\n${after}\n` }));
}

const lists = 'rm -rf /var/lib/apt/lists/*';

const damaged: [kind: string, what: string, before: string, after: string][] = [
  [
    'install without lists',
    'lists removed too early',
    'RUN apt-get update\nRUN apt-get install -y a',
    `RUN apt-get update && ${lists}\nRUN apt-get install -y a`,
  ],
  ['install without lists', 'an update dropped', 'RUN apt-get update && apt-get install -y a', 'RUN apt-get install -y a'],
  [
    'install without lists',
    'in a stage built from another',
    'FROM a AS x\nRUN apt-get update\nFROM a\nRUN apt-get update\nFROM x\nRUN apt-get install b',
    'FROM a AS x\nRUN make\nFROM a\nRUN apt-get update\nFROM x\nRUN apt-get install b',
  ],
  ['command lost', 'a RUN', 'RUN make\nRUN make install', 'RUN make'],
  ['command lost', 'a clean-up of something else', 'RUN make && rm -rf /src', 'RUN make'],
  ['command lost', 'a folder beside which a cache is removed', 'RUN make && rm -rf /src /tmp/*', `RUN make && ${lists} /tmp/*`],
  ['command lost', 'a package', 'RUN apk add a b', 'RUN apk add --no-cache a'],
  ['command lost', 'an option of an install', 'RUN apt-get install -y --no-install-recommends a', 'RUN apt-get install -y a'],
  ['command lost', 'a word in quotes', 'RUN echo "a && b" > /c', 'RUN echo "a && d" > /c'],
  ['command lost', 'behind a shell comment', 'RUN make # it\nRUN make install', 'RUN make # it && make install'],
  ['command new', 'one that is no clean-up', 'RUN make', 'RUN make && rm -rf /root'],
  ['copy lost', 'a source', 'COPY a b ./', 'COPY a ./'],
  ['copy lost', 'another folder', 'COPY a /x/\nCOPY b /y/', 'COPY a b /x/'],
  ['copy lost', 'another owner', 'COPY a /x/\nCOPY --chown=1 b /x/', 'COPY a b /x/'],
  ['copy lost', 'a relative folder after another WORKDIR', 'WORKDIR /a\nCOPY a ./\nWORKDIR /b\nCOPY b ./', 'WORKDIR /a\nCOPY a b ./\nWORKDIR /b'],
  ['order', 'of commands', 'RUN a\nRUN b', 'RUN b && a'],
  ['order', 'of a COPY and a RUN', 'COPY a ./\nRUN b', 'RUN b\nCOPY a ./'],
  ['order', 'of installs and others', 'RUN apk add a && make && apk add b', 'RUN apk add a b && make'],
  ['comment lost', 'between RUNs', 'RUN a\n# why\nRUN b', 'RUN a && b'],
  ['comment lost', 'altered', '# why\nRUN b', '# whY\nRUN b'],
  ['comment new', 'a copy', '# why\nRUN b', '# why\n# why\nRUN b'],
  ['heredoc', 'a body', 'RUN <<X\nmake\nX', 'RUN <<X\nmake it\nX'],
  ['heredoc', 'blanks in it', 'COPY <<-"X" /a\n\ta\n\tX', 'COPY <<-"X" /a\n  a\n\tX'],
  ['mount', 'inside a command', 'RUN a\nRUN --mount=type=cache,target=/c b', 'RUN a && --mount=type=cache,target=/c b'],
  ['mount', 'lost', 'RUN a\nRUN --mount=type=cache,target=/c b', 'RUN a && b'],
  ['mount', 'for more than before', 'RUN --mount=type=cache,target=/c b\nRUN a', 'RUN --mount=type=cache,target=/c b && a'],
  [
    'command lost',
    'a removal of what no new mount holds',
    'RUN npm ci && rm -rf /a ~/.npm',
    'RUN --mount=type=cache,target=/root/.cache/pip npm ci && rm -rf /a',
  ],
  ['command lost', 'an option without its mount', 'RUN dnf install --refresh -y a', 'RUN dnf install -y a'],
  ['command lost', 'an owner that COPY does not set', 'COPY a /b\nRUN chown -R c /b', 'COPY --chown=d a /b'],
  ['command lost', 'a mode', 'COPY a /b\nRUN chmod -R 755 /b', 'COPY a /b'],
  ['copy lost', 'what no mount brings', 'COPY a /b\nRUN c /b\nRUN rm /b', 'RUN --mount=type=bind,source=d,target=/e c /b'],
  ['stray &&', 'behind a line that ended', 'RUN a\n# why\nRUN b', 'RUN a\n# why\n && b'],
  ['dangling end', '&&', 'RUN a && b', 'RUN a && b &&'],
  ['dangling end', 'an escape at the end of the file', 'RUN a', 'RUN a \\\n'],
  ['swallowed instruction', 'behind an escape', 'RUN a\nUSER b', 'RUN a \\\nUSER b'],
  ['joined behind a comment', 'a command', 'RUN make # it\nRUN make install', 'RUN make # it && make install'],
  ['empty continuation line', 'between commands', 'RUN a\n\nRUN b', 'RUN a \\\n\n && b'],
  ['instruction altered', 'a blank', 'USER a', 'USER  a'],
  ['declaration lost', 'one gone', 'ENV A=1\nRUN b', 'RUN b'],
  ['declaration lost', 'another value', 'ENV A=1', 'ENV A=2'],
  ['declaration new', 'a blank inside', 'LABEL a="b c"', 'LABEL a="b" c='],
  ['instruction altered', 'one gone', 'USER a\nRUN b', 'RUN b'],
  ['instruction altered', 'one more', 'RUN b', 'RUN b\nUSER a'],
  ['shell state', 'cd', 'RUN cd /a\nRUN make', 'RUN cd /a && make'],
  ['shell state', 'cd, past one from the root', 'RUN cd /a\nRUN rm /b\nRUN make', 'RUN cd /a && rm /b && make'],
  ['heredoc', 'what a program reads', 'RUN a <<X\nb  c\nX', 'RUN a <<X\nb c\nX'],
  ['shell state', 'export, past a command of its own', 'RUN export A=1 && a\nRUN b', 'RUN export A=1 && a && b'],
  ['shell state', 'an assignment', 'RUN A=1; a\nRUN b', 'RUN A=1; a && b'],
  ['shell state', 'umask', 'RUN umask 077\nRUN b', 'RUN umask 077 && b'],
  ['failure hidden', '||', 'RUN a\nRUN b || c', 'RUN a && b || c'],
  ['failure hidden', ';', 'RUN a\nRUN b; c', 'RUN a && b; c'],
  ['failure hidden', '&', 'RUN a\nRUN b & c', 'RUN a && b & c'],
  ['shell state', 'set -u', 'RUN set -u; a\nRUN b', 'RUN set -u; a && b'],
];

const toldOfDamaged = told(inFiles(damaged.map(([, , before, after]) => [before, after]))).damage;

test.each(damaged.map(([kind, what], i) => ({ kind, what, hits: toldOfDamaged.filter((one) => one.file === String(i)) })))('$kind: $what', ({ kind, hits }) => {
  expect(hits.map((one) => one.kind)).toContain(kind);
  expect(hits.every((one) => one.line > 0)).toBe(true);
});

test('directive', () => {
  expect(told([{ name: 'a', before: '# escape=`\nFROM a\n', after: '# escape=\\\nFROM a\n' }]).damage.map((one) => one.kind)).toContain('directive');
});

const good: [what: string, before: string, after: string][] = [
  [
    'RUNs joined and cleaned up',
    'RUN apt-get update\n# why\nRUN apt-get install -y a',
    `RUN apt-get update \\\n    # why\n    && apt-get install -y a \\\n    && ${lists}`,
  ],
  ['a cache removed with other rubbish', 'RUN make && rm -rf /tmp/* /var/tmp/*', 'RUN make && rm -rf /tmp/* /var/tmp/* /var/lib/apt/lists/*'],
  ['installs united', 'RUN apk add a\nRUN apk add b', 'RUN apk add --no-cache a b'],
  ['a repeated update dropped', 'RUN apt-get update && apt-get install a && apt-get update && apt-get install b', 'RUN apt-get update && apt-get install a b'],
  ['a RUN dropped that cleans up', `RUN apt-get update && apt-get install a\nRUN ${lists}`, `RUN apt-get update && apt-get install a && ${lists}`],
  ['COPYs joined', 'WORKDIR /a\nCOPY a .\nCOPY b /a/', 'WORKDIR /a\nCOPY a b ./'],
  ['a subshell', 'RUN (cd /a && make)\nRUN b', 'RUN (cd /a && make) && b'],
  ['|| before what is joined, and in brackets', 'RUN a || c\nRUN (b || c) && echo "a; b" 2>&1', 'RUN a || c && (b || c) && echo "a; b" 2>&1'],
  ['cd, where the next one says where it goes itself', 'RUN cd /a && b\nRUN cd /c && d', 'RUN cd /a && b && cd /c && d'],
  ['clean-up in a heredoc', 'RUN <<X\napk add --no-cache a\nnpm ci\nnpm cache clean --force\nX', 'RUN <<X\napk add -U a\nnpm ci\nX'],
  ['a stage that a mount names', 'FROM a AS Bc\nRUN --mount=type=bind,from=Bc,target=/b d', 'FROM a AS bc\nRUN --mount=type=bind,from=bc,target=/b d'],
  [
    'a second mount',
    'RUN --mount=type=cache,target=/c a\nRUN --mount=type=cache,target=/d b',
    'RUN --mount=type=cache,target=/c --mount=type=cache,target=/d a\nRUN --mount=type=cache,target=/d b',
  ],
  ['set -e', 'RUN set -ex; a\nRUN b', 'RUN set -ex; a && b'],
  ['the same mount', 'RUN --mount=type=cache,target=/c a\nRUN --mount=type=cache,target=/c b', 'RUN --mount=type=cache,target=/c a && b'],
  ['what was damaged before', 'RUN a \\\n\n b\nRUN apt-get install c', 'RUN a \\\n\n b && apt-get install c'],
  ['a removal of what is mounted now', 'RUN npm ci && rm -rf /a ~/.npm && npm cache clear', 'RUN --mount=type=cache,target=/root/.npm npm ci && rm -rf /a'],
  ['options that fill a mount', 'RUN dnf install -y a', 'RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install --refresh --setopt=keepcache=1 -y a'],
  ['an owner set while copying', 'COPY a /b/\nRUN chown -R c /b', 'COPY --chown=c a /b/\nRUN chown c /b'],
  ['a file that a mount brings', 'COPY a /b\nRUN c /b\nRUN rm /b', 'RUN --mount=type=bind,source=a,target=/b c /b'],
  [
    'a mount that another RUN had',
    'RUN --mount=type=cache,target=/c a\nUSER x\nRUN b',
    'RUN --mount=type=cache,target=/c a\nUSER x\nRUN --mount=type=cache,target=/c b',
  ],
  [
    'lists of a parent stage',
    'RUN apt-get update\nFROM a AS x\nRUN apt-get update\nFROM x\nRUN make\nRUN apt-get install a',
    `RUN apt-get update\nFROM a AS x\nRUN apt-get update\nFROM x\nRUN make && apt-get install a && ${lists}`,
  ],
];

const toldOfGood = told(inFiles(good.map(([, before, after]) => [before, after]))).damage;

test.each(good.map(([what], i) => ({ what, hits: toldOfGood.filter((one) => one.file === String(i)) })))('no damage: $what', ({ hits }) => {
  expect(hits).toEqual([]);
});

test('the yield counts shell-form RUNs of shipped stages that leave something, by manager', () => {
  const before = `FROM a AS built
RUN apt-get update && apt-get install a
FROM a AS base
RUN yum install a
FROM base
RUN apt-get update
RUN apt-get install a
RUN apt-get install b
RUN ["pip", "install", "a"]
RUN pip install a
RUN --mount=type=cache,target=/root/.cache pip install b
RUN apk add c
RUN apk add --no-cache d
`;
  const after = before
    .replace('apt-get update\nRUN apt-get install a', `apt-get update && apt-get install a && ${lists}`)
    .replace('pip install a', 'pip install --no-cache-dir a')
    .replace('yum install a', 'yum install a && yum clean all');
  const { yields, missed } = told([{ name: 'a', before, after }]);
  expect(yields).toEqual({
    all: { leavings: 5, gone: 3, after: 2 },
    apt: { leavings: 2, gone: 1, after: 1 },
    'apt by itself': { leavings: 0, gone: 0, after: 0 },
    apk: { leavings: 1, gone: 0, after: 1 },
    dnf: { leavings: 1, gone: 1, after: 0 },
    pip: { leavings: 1, gone: 1, after: 0 },
  });
  expect(missed.map(({ manager, line }) => `${manager} ${line}`)).toEqual(['apt 8', 'apk 12']);
});
