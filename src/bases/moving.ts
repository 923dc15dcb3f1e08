import { readBase } from './base.ts';
import { readReference } from './reference.ts';

/** Names of what is newest somewhere, alone or in front of a variant. */
const channels =
  /^(?:latest|lts|stable|oldstable|testing|unstable|sid|current|edge|rolling|devel|nightly|canary|mainline|main|master|tumbleweed|rawhide)(?:-|$)/;
/** Distributions: their tags without a number are names of releases. */
const distributions = /^(?:debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|amazonlinux|oraclelinux|busybox|buildpack-deps|ros|opensuse|opensuse\/.*)$/;
/** Their first number alone takes in one release of the language after another: a program may have to be changed for the next. Of others, as of Node.js, it is a release. */
const releasesBehindOne = /^(?:python|golang|rust|php|ruby|perl|elixir|dart|swift|crystallang\/crystal|julia|alpine)$/;
/** Release lines of Node.js with long support: https://github.com/nodejs/Release/blob/main/CODENAMES.md */
const codenames = /^(?:argon|boron|carbon|dubnium|erbium|fermium|gallium|hydrogen|iron|jod|krypton)(?:-|$)/;
/** https://github.com/GoogleContainerTools/distroless: the release of Debian is in the name, the tags name users. */
const releaseInName = /-debian\d+$/;

/** Another build may get another release by this name: it has no tag, or one that names none. Not so where a variable or a digest is in it. */
export function isMoving(image: string): boolean {
  const { name, tag, complete } = readReference(image);
  if (name === undefined || !complete || image.includes('$') || image.includes('@') || name === 'scratch' || releaseInName.test(name)) return false;
  // A template fills it in.
  if (/[^a-z0-9._/:-]/.test(name)) return false;
  if (channels.test(tag)) return true;
  if (name === 'node' && codenames.test(tag)) return false;
  if (releasesBehindOne.test(name) && /^\d+(?:-|$)/.test(tag)) return true;
  // `golang:alpine`, `node:bookworm-slim`, `php:fpm`: a variant alone.
  return readBase(image).official && !distributions.test(name) && /^(?:[a-z]+|alpine[\d.]+)(?:-(?:[a-z]+|alpine[\d.]+))*$/.test(tag);
}
