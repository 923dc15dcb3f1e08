import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { askDistribution } from '../../src/registry/distribution.ts';

const child = `sha256:${'1a'.repeat(32)}`;
const index = JSON.stringify({
  manifests: [
    { digest: child, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { digest: `sha256:${'2b'.repeat(32)}`, platform: { os: 'unknown', architecture: 'unknown' } },
  ],
});
const digest = `sha256:${createHash('sha256').update(index).digest('hex')}`;

/** The host of a server, gone after the test. */
async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

test('the digest is that of the index, also behind a token', async () => {
  const host = await served(({ url, headers }, response) => {
    if (url?.startsWith('/token')) response.end(url === '/token?service=here&scope=repository%3Ateam%2Fapp%3Apull' ? '{"token":"abc"}' : '{}');
    else if (url !== '/v2/team/app/manifests/latest' || !headers.accept?.includes('index')) response.writeHead(404).end();
    else if (headers.authorization === 'Bearer abc') response.end(index);
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="here",scope="repository:team/app:pull"` }).end();
  });
  expect(await askDistribution(`${host}/team/app`)).toEqual({ digest, platforms: new Map([[child, 'linux/arm64/v8']]) });
  expect(await askDistribution(`${host}/team/app:2`)).toEqual({ because: expect.stringContaining('no such image') });
});

test('who is not logged in, and who gets no answer, is told', async () => {
  const host = await served(({ url }, response) => {
    if (url?.includes('/broken/')) response.writeHead(500).end();
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="team"' }).end();
  });
  expect(await askDistribution(`${host}/team/app:1`)).toEqual({ because: expect.stringContaining('docker login') });
  expect(await askDistribution(`${host}/broken/app:1`)).toEqual({ unreached: 'it answers with 500' });
  expect(await askDistribution('localhost:1/app:1')).toEqual({ unreached: expect.any(String) });
});
