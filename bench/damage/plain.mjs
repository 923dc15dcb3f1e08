import { posix } from 'node:path';

// Two writings of the same, read as one: what the mends of build checks, cache mounts and moved declarations may change.

/**
 * The instructions with one writing for each of these; the order among declarations of a stage does not count, nor do cache mounts that were not there
 * `before`, nor what is done for those at `gained` to be filled and left alone.
 */
export function plain({ directives, comments, instructions }, before, gained) {
  const mounts = new Set(before.flatMap(({ flags }) => flags));
  const last = lastOfStages(instructions);
  let workdir = '/';
  const rewritten = [];
  for (const one of instructions) {
    // That of the official images.
    if (one.keyword === 'FROM') workdir = /^golang\b/.test(one.body) ? '/go' : '/';
    if (['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(one.keyword) && !last.has(one)) continue;
    const written = { ...one, ...writing(one, workdir, mounts, gained) };
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

/** Where the cache mounts of a file are. */
export function targetsOf({ instructions }) {
  return instructions.flatMap(({ flags }) => flags.flatMap((flag) => /^--mount=(?=.*type=cache).*target=([^,]+)/.exec(flag)?.[1] ?? []));
}

function writing({ keyword, body, flags, raw }, workdir, mounts, gained) {
  switch (keyword) {
    case 'FROM': {
      const text = body.replace(/\s+as\s+(\S+)\s*$/i, (_all, name) => ` AS ${name.toLowerCase()}`);
      return { body: text, flags: flags.filter((flag) => !/^--platform=\$\{?TARGETPLATFORM\}?$/.test(flag)), raw: undefined };
    }
    case 'RUN':
      return {
        flags: flags
          .filter((flag) => mounts.has(flag) || !/^--mount=(.*,)?type=cache(,|$)/.test(flag))
          .map((flag) => flag.replace(/(?<=,)from=[\w.-]+(?=,|$)/, (from) => from.toLowerCase())),
        body: filled(body.replace(variables, ''), gained),
      };
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

/** Without options that fill a mount, and without removals of what is on one. */
function filled(body, gained) {
  if (gained.length === 0) return body;
  // What installs of the distribution leave is looked for by itself.
  const own = gained.filter((target) => !/^\/var\/(lib|cache)\/apt/.test(target));
  const isOn = (word) => {
    const path = word.replace(/^(?:~|\$HOME)(?=\/)/, '/root').replace(/\/?\*?$/, '');
    return own.some((target) => path === target || path.startsWith(`${target}/`) || (/\/\.\w+$/.test(path) && target.startsWith(`${path}/`)));
  };
  const options = [/ --refresh(?=\s)| --setopt=keepcache=1(?=\s|$)/g, / --no-cache(?:-dir)?(?=\s|$)/g].filter((_all, i) =>
    gained.some((target) => [/dnf|yum/, /\/uv$/][i].test(target)),
  );
  return options
    .reduce((text, option) => text.replace(option, ''), body)
    .replace(/(\brm(?:\s+-\w+)+)((?:\s+[^\s&|;()\\]+)+)/g, (all, head, words) => {
      const left = words
        .trim()
        .split(/\s+/)
        .filter((word) => !isOn(word));
      return left.length === 0 ? '' : words.trim().split(/\s+/).length === left.length ? all : `${head} ${left.join(' ')}`;
    });
}

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
