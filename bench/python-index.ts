import { createServer, type Server } from 'node:http';

const files = 'https://files.pythonhosted.org/';

/**
 * PyPI with its own `Cache-Control`, on this machine: pip keeps nothing of an answer without it, and a mirror may leave it out.
 * Pages may be kept for ten minutes, files for ever: https://docs.pypi.org/api/
 */
export async function startPythonIndex(): Promise<{ readonly server: Server; readonly variables: string }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isFile = path.startsWith('/files/');
    const from = isFile ? files + path.slice('/files/'.length) : `https://pypi.org${path}`;
    fetch(from, { headers: request.headers.accept === undefined ? {} : { accept: request.headers.accept } }).then(
      async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        response.writeHead(answer.status, {
          'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
          'cache-control': isFile ? 'max-age=365000000, immutable, public' : 'max-age=600, public',
        });
        response.end(isFile ? body : body.toString('utf8').replaceAll(files, `http://${request.headers.host ?? ''}/files/`));
      },
      (error: unknown) => response.writeHead(502).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { server, variables: `PIP_INDEX_URL=http://127.0.0.1:${port ?? ''}/simple PIP_TRUSTED_HOST=127.0.0.1` };
}
