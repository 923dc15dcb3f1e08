import { createHash } from 'node:crypto';
import { hasTag, partsOf } from '../bases/digests.ts';
import { platformsIn, stringIn } from './manifest.ts';
import { hostOf, mostMilliseconds, noAnswer, notThere, type Answer } from './registry.ts';

const kinds = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Asks a registry as anybody may, where there is no Docker that could: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export async function askDistribution(image: string): Promise<Answer> {
  const { address, repository, tag } = placeOf(image);
  const get = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${address}/v2/${repository}/manifests/${tag}`, {
      headers: { accept: kinds.join(', '), ...headers },
      signal: AbortSignal.timeout(mostMilliseconds),
    });
  try {
    let response = await get();
    if (response.status === 401) {
      const token = await tokenFor(response.headers.get('www-authenticate') ?? '', address);
      if (token === undefined) return notThere;
      response = await get({ authorization: `Bearer ${token}` });
    }
    if ([401, 403, 404].includes(response.status)) return notThere;
    if (!response.ok) return { unreached: `it answers with ${response.status}` };
    const body = Buffer.from(await response.arrayBuffer());
    return { digest: `sha256:${createHash('sha256').update(body).digest('hex')}`, platforms: platformsIn(body.toString()) };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return noAnswer;
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    return { unreached: cause instanceof Error && cause.message !== '' ? cause.message : message };
  }
}

/** Docker speaks to registries on this machine without TLS, and to Docker Hub by another name. */
function placeOf(image: string): { readonly address: string; readonly repository: string; readonly tag: string } {
  const host = hostOf(image);
  const { tagged } = partsOf(hasTag(image) ? image : `${image}:latest`);
  const path = tagged.startsWith(`${host}/`) ? tagged.slice(host.length + 1) : tagged;
  const colon = path.lastIndexOf(':');
  const name = path.slice(0, colon);
  const address = host === 'docker.io' ? 'https://registry-1.docker.io' : `${isLocal(host) ? 'http' : 'https'}://${host}`;
  return { address, repository: host === 'docker.io' && !name.includes('/') ? `library/${name}` : name, tag: path.slice(colon + 1) };
}

function isLocal(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host);
}

/** A token for somebody without a name: https://distribution.github.io/distribution/spec/auth/token/ */
async function tokenFor(challenge: string, address: string): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined;
  const { realm, ...wanted } = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  // Who talks by TLS names no server without it.
  if (realm === undefined || !URL.canParse(realm) || (address.startsWith('https:') && !realm.startsWith('https:'))) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) if (wanted[key] !== undefined) url.searchParams.set(key, wanted[key]);
  const response = await fetch(url, { signal: AbortSignal.timeout(mostMilliseconds) });
  return response.ok ? stringIn(await response.text(), 'token', 'access_token') : undefined;
}
