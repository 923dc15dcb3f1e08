import { isManifest } from '../ecosystems/index.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, Step } from './facts.ts';

/** What ADD makes of a source: what COPY makes of it, too, or an archive that it unpacks. `seen`: only what lies in the context says so. */
export type Added = 'plain' | 'seen' | 'archive' | 'unknown';

/** Suffixes of what is never a tar file or compressed as a whole, which is what ADD unpacks: text, zip files by other names, programs and pictures. */
const plainName =
  /\.(sh|bash|zsh|fish|bat|cmd|ps1|awk|sed|tcl|py|rb|rake|erb|gemspec|pl|pm|php|lua|js|mjs|cjs|jsx|ts|tsx|vue|coffee|scss|less|go|rs|c|cc|cpp|h|hpp|java|kt|scala|clj|groovy|gradle|cs|fs|swift|hs|cabal|ml|el|ex|exs|erl|r|jl|proto|graphql|tf|hcl|cmake|mk|patch|diff|spec|config|vcl|sql|json|ya?ml|toml|ini|conf|cfg|cnf|properties|xml|html?|css|txt|md|csv|env|list|repo|service|rules|lock|template|tmpl|tpl|j2|pem|crt|cer|key|pub|jar|war|ear|zip|whl|deb|rpm|so|dll|exe|png|jpe?g|gif|ico|svg|ttf|woff2?)$/i;

const archiveName = /\.(tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|lzma|zst|z)$/i;

/** An ADD that fetches nothing: each source is a path of the build context. */
export function addsFromContext({ instruction, copy }: Step): boolean {
  return (
    instruction.keyword === 'ADD' && instruction.heredocs.length === 0 && copy !== undefined && !copy.sources.some((source) => /:\/\/|^["']?git@/.test(source))
  );
}

/** What stands at a source of an ADD; for a pattern, at each path that ever matches it. */
export function addedFrom({ context }: Facts, source: string): Added {
  const path = contextPath(source);
  if (archiveName.test(path)) return 'archive';
  if (path === '.' || plainName.test(path)) return 'plain';
  if (/[*?[]/.test(path)) return 'unknown';
  if (isManifest(path)) return 'plain';
  // What ADD unpacks begins with bytes that are no text.
  return context.below(path).length > 0 || /^[^\0\uFFFD]*$/.test(context.text(path) ?? '\0') ? 'seen' : 'unknown';
}

/** An ADD that does what COPY does, as far as is known. */
export function addsLikeCopy(facts: Facts, step: Step): boolean {
  return addsFromContext(step) && (step.copy?.sources ?? []).every((source) => ['plain', 'seen'].includes(addedFrom(facts, source)));
}
