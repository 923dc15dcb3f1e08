import { posix } from 'node:path';

// Two writings of the same, read as one: what the mends of build checks, cache mounts and moved declarations may change.

/** The instructions with one writing for each of these; the order among declarations of a stage does not count, nor do cache mounts that were not there `before`. */
export function plain({ directives, comments, instructions }, before = instructions) {
  const mounts = new Set(before.flatMap(({ flags }) => flags));
  const last = lastOfStages(instructions);
  let workdir = '/';
  const rewritten = [];
  for (const one of instructions) {
    if (one.keyword === 'FROM') workdir = '/';
    if (['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(one.keyword) && !last.has(one)) continue;
    const written = { ...one, ...writing(one, workdir, mounts) };
    if (one.keyword === 'WORKDIR') workdir = written.body;
    rewritten.push(written);
  }
  return { directives, comments, instructions: rewritten };
}

/** The CMD, ENTRYPOINT and HEALTHCHECK of each stage that count. */
function lastOfStages(instructions) {
  const kept = new Set();
  let seen = new Set();
  for (const one of instructions.toReversed()) {
    if (one.keyword === 'FROM') seen = new Set();
    else if (!seen.has(one.keyword)) kept.add(one);
    seen.add(one.keyword);
  }
  return kept;
}

function writing({ keyword, body, flags, raw }, workdir, mounts) {
  switch (keyword) {
    case 'FROM': {
      const text = body.replace(/\s+as\s+(\S+)\s*$/i, (_all, name) => ` AS ${name.toLowerCase()}`);
      return { body: text, flags: flags.filter((flag) => !/^--platform=\$\{?TARGETPLATFORM\}?$/.test(flag)), raw: undefined };
    }
    case 'RUN':
      return { flags: flags.filter((flag) => mounts.has(flag) || !/^--mount=(.*,)?type=cache(,|$)/.test(flag)), body: body.replace(variables, '') };
    case 'COPY':
    case 'ADD': {
      const copies = keyword === 'ADD' && !/:\/\/|^git@|\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)(\s|"|$)/.test(body);
      return { keyword: copies ? 'COPY' : keyword, flags: flags.map((flag) => (/^--from=[\w.-]+$/.test(flag) ? flag.toLowerCase() : flag)) };
    }
    case 'ENV':
    case 'LABEL':
      return { body: pairs(body).join(' '), raw: undefined };
    case 'EXPOSE':
      return { body: body.toLowerCase(), raw: undefined };
    case 'WORKDIR':
      return { body: body.startsWith('$') || workdir.includes('$') ? body : posix.resolve(workdir, body), raw: undefined };
    default:
      return {
        raw: raw.map((line, i) => (i === 0 ? line.trimStart().replace(/^\S+/, (word) => word.toUpperCase()) : line)).filter((line) => line.trim() !== ''),
      };
  }
}

const variables = /(?<![\w$])(?:PIP_NO_CACHE_DIR=|UV_NO_CACHE=0|UV_LINK_MODE=copy|COMPOSER_CACHE_DIR=\S+) (?=\S)/g;

/** `K v w` and `K="v w"` are one pair; quotes and backslashes left out. */
function pairs(body) {
  const old = /^([^\s=]+)\s+(.*)$/s.exec(body);
  const words = old ? [`${old[1]}=${old[2]}`] : (body.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? []);
  return words
    .map((word) =>
      word
        .replace(/["'\\]/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .toSorted();
}
