// Looks for damage by other eyes than the code's own: line based, it shares nothing with src/.
//   node bench/damage.mjs BEFORE AFTER [--json]     AFTER holds the changed files, under the names that they have in BEFORE
//
// Damage, each hit with its file and line; exit code 1 where there is any:
//   directive, heredoc         a parser directive or the body of a heredoc is not the same
//   comment lost, new          the comment lines, whatever their indentation, are not the same ones
//   instruction altered        an instruction other than RUN, COPY, ADD and declarations is not the same in every byte
//   declaration lost, new      the names and values of ARG, ENV and LABEL are not the same ones; they may move down
//   command lost, new          the commands of RUNs, parted by `&&`, `;` and newlines outside of quotes and brackets, are not the same ones. Updates,
//                              clean-up of package caches and no-cache flags do not count; an install counts once a package
//   copy lost, new             the sources of COPY and ADD, each with flags and destination, are not the same ones
//   order                      they are the same, in another order
//   shell state                a command that changes its shell (cd, export, set, an assignment …) is followed by one that had a RUN of its own.
//                              `set -e`, `-v` and `-x` do not count
//   failure hidden             a RUN with `;`, `||` or `&` was joined behind another one
//   mount                      a command lost its mounts, or `--mount` stands inside a command
//   install without lists      apt installs, and the lists that an update fetched before are gone or never fetched
//   stray &&, dangling end, swallowed instruction, joined behind a comment, empty continuation line
//
// Two writings of the same are one: cases, `K v` and `K=v`, a folder from the root or from the one before, ADD of plain files and COPY, a CMD that
// a later one overrides; cache mounts may come, with the variables and options that fill them and without removals of what is on them; COPY may set the owner
// or mode that a RUN set, and a mount may bring what was copied and deleted.
//
// Yield: a leaving is a RUN in shell form, of the last stage or of one that it is built FROM, which installs with apt, apk, dnf (yum, microdnf) or pip,
// and has neither clean-up (of apt: of its lists), nor a no-cache flag (of pip: nor PIP_NO_CACHE_DIR), nor a cache mount. It is gone where the RUN
// that now does these installs is none; the yield is the share that is gone. Files that AFTER lacks are unchanged, so all of theirs are missed.
// "apt by itself" are those of apt that also fetch the lists: the others install from lists that an earlier RUN left, and leave none of their own.
// Told beside: how many leavings AFTER holds, where several that were joined are one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { damageOf } from './damage/damage.mjs';
import { leavingsOf } from './damage/yield.mjs';

const json = process.argv.includes('--json');
const [before, after] = process.argv.slice(2).filter((argument) => argument !== '--json');
if (before === undefined || after === undefined) {
  console.error('usage: node bench/damage.mjs BEFORE AFTER [--json]');
  process.exit(2);
}

for (const folder of [before, after]) {
  if (existsSync(folder)) continue;
  console.error(`${folder} is not there`);
  process.exit(2);
}

const damage = [];
const missed = [];
const yields = Object.fromEntries(['all', 'apt', 'apt by itself', 'apk', 'dnf', 'pip'].map((name) => [name, { leavings: 0, gone: 0, after: 0 }]));
let files = 0;
for (const entry of readdirSync(before, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  files++;
  const path = join(entry.parentPath, entry.name);
  const file = relative(before, path);
  const text = readFileSync(path, 'utf8');
  const changed = existsSync(join(after, file)) ? readFileSync(join(after, file), 'utf8') : text;
  if (changed !== text) damage.push(...damageOf(text, changed).map((one) => ({ file, ...one })));
  for (const one of leavingsOf(text, changed)) {
    if (!one.gone) missed.push({ file, line: one.line, manager: one.manager });
    for (const count of countsOf(one)) {
      count.leavings++;
      if (one.gone) count.gone++;
    }
  }
  for (const one of leavingsOf(changed, changed)) for (const count of countsOf(one)) count.after++;
}
if (json) console.log(JSON.stringify({ files, damage, yields, missed }, undefined, 2));
else print();
process.exitCode = damage.length > 0 ? 1 : 0;

function countsOf({ manager, byItself }) {
  return [yields.all, yields[manager], ...(manager === 'apt' && byItself ? [yields['apt by itself']] : [])];
}

function print() {
  for (const { file, line, kind, what } of damage) console.log(`${file}:${line}: ${kind}: ${what}`);
  console.log(`${damage.length} damaged places in ${new Set(damage.map(({ file }) => file)).size} of ${files} files`);
  for (const [manager, { leavings, gone, after: left }] of Object.entries(yields)) {
    const share = leavings > 0 ? ` (${((100 * gone) / leavings).toFixed(1)} %)` : '';
    console.log(`yield ${manager}: ${gone} of ${leavings} leavings gone${share}; after: ${left}`);
  }
}
