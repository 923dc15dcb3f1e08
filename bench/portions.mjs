// Hands over what dockopt changes in real repositories in portions, and applies them with git: each patch alone on a clean
// tree, then all of them in two orders, which has to give the tree of `--write`. Works on clones, never on what it is given.
//   npm run proof:portions -- DIR…   each a git checkout, or a folder of some
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { namedCheckouts } from './checkouts.mjs';

const program = join(import.meta.dirname, '..', 'dist', 'cli.js');
const ways = ['package', 'owner', 'directory', 'transform', 'similarity'];

const rows = [['repository', 'Dockerfiles', 'files changed', ...ways, 'apply alone', 'two orders give one run']];
let failed = false;
for (const checkout of namedCheckouts('proof:portions')) {
  const row = proof(checkout);
  rows.push(row);
  console.error(row.join(' | '));
}
console.log(
  rows
    .map((cells) => `| ${cells.join(' | ')} |`)
    .toSpliced(1, 0, `|${' --- |'.repeat(rows[0].length)}`)
    .join('\n'),
);
process.exitCode = failed ? 1 : 0;

function proof(source) {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-portions-'));
  const clone = join(folder, 'clone');
  try {
    execFileSync('git', ['-c', 'core.autocrlf=false', 'clone', '-q', '--shared', source, clone]);
    const wanted = writtenTree(clone);
    const told = [];
    const alone = { right: 0, all: 0 };
    const orders = { right: 0, all: 0 };
    for (const way of ways) {
      const patchFolder = join(folder, way);
      const { status, stderr } = dockopt(clone, '--group-by', way, '--patch-dir', patchFolder);
      if (status === 2 && stderr.includes('holds none of')) {
        told.push('none');
        continue;
      }
      if (status !== 0 && status !== 3) {
        complain(clone, way, stderr);
        told.push('failed');
        continue;
      }
      const patches = (existsSync(patchFolder) ? readdirSync(patchFolder) : []).flatMap((name) => (name.endsWith('.patch') ? [join(patchFolder, name)] : []));
      told.push(patches.length);
      for (const patch of patches) {
        alone.all++;
        if (appliesAlone(clone, patch)) alone.right++;
        else complain(clone, way, `${basename(patch)} does not apply alone`);
      }
      for (const order of [patches, patches.toReversed()]) {
        orders.all++;
        const tree = treeAfter(clone, order);
        if (tree === wanted.tree) orders.right++;
        else complain(clone, way, tree === undefined ? 'the patches do not apply one after the other' : git(clone, 'diff', '--stat', tree, wanted.tree));
      }
    }
    return [basename(source), wanted.dockerfiles, wanted.files, ...told, `${alone.right} of ${alone.all}`, `${orders.right} of ${orders.all}`].map(String);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dockopt(cwd, ...args) {
  return spawnSync(process.execPath, [program, '--no-code', '--no-progress', '--level', 'review', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
}

/** What one run with --write makes of HEAD. */
function writtenTree(clone) {
  const { files } = JSON.parse(dockopt(clone, '--format', 'json').stdout);
  const { status, stderr } = dockopt(clone, '--write');
  if (status !== 0 && status !== 3) throw new Error(stderr);
  const tree = treeOf(clone);
  const changed = git(clone, 'diff', '--name-only', 'HEAD', tree).split('\n').filter(Boolean).length;
  restore(clone);
  return { tree, dockerfiles: files.length, files: changed };
}

function appliesAlone(clone, patch) {
  if (!applies(clone, '--check', patch) || !applies(clone, patch)) return false;
  const changed = git(clone, 'status', '--porcelain', '--ignored') !== '';
  restore(clone);
  return changed;
}

/** undefined where one does not apply. */
function treeAfter(clone, patches) {
  try {
    return patches.every((patch) => applies(clone, patch)) ? treeOf(clone) : undefined;
  } finally {
    restore(clone);
  }
}

function applies(clone, ...args) {
  return spawnSync('git', ['apply', '--whitespace=nowarn', ...args], { cwd: clone }).status === 0;
}

function treeOf(clone) {
  git(clone, 'add', '-A', '-f');
  return git(clone, 'write-tree');
}

function restore(clone) {
  git(clone, 'reset', '-q', '--hard');
  git(clone, 'clean', '-fdxq');
}

function git(cwd, ...args) {
  return execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function complain(clone, way, text) {
  failed = true;
  console.error(`${way}: ${text.trim()}`);
}
