/** The renderer's build over HTTP. Every path that is no file of it is the one page, which finds its own way. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ASSET_HEADERS, assetOf, contentTypeOf, servePage } from '../page.ts';

interface PagesOptions {
  rendererDir: string;
  port: () => number;
}

export function servePages(app: FastifyInstance, { rendererDir, port }: PagesOptions): void {
  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    const built = await readIfThere(join(rendererDir, 'index.html'));
    const nonce = randomBytes(16).toString('base64');
    const connect = [`ws://127.0.0.1:${port()}`, `ws://localhost:${port()}`];
    const { body, headers } = servePage(built?.toString('utf8') ?? NOT_BUILT, nonce, connect);
    return reply
      .code(built ? 200 : 503)
      .headers(headers)
      .send(body);
  };
  app.get('/*', async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://desk');
    const asset = assetOf(pathname);
    if (asset === 'index.html' || (asset === undefined && !pathname.includes('.'))) return page(reply);
    const contentType = asset && contentTypeOf(asset);
    const file = contentType && (await readIfThere(join(rendererDir, asset)));
    if (!file) return reply.code(404).headers(ASSET_HEADERS).send('Not found.');
    // The build puts a digest of the content in these names.
    const cache = asset.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply.headers({ ...ASSET_HEADERS, 'content-type': contentType, 'cache-control': cache }).send(file);
  });
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) {
      return undefined;
    }
    throw error;
  }
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Orderdesk 订货台</title></head><body>
<h1>Orderdesk 订货台</h1>
<p>The desk is running, but its screens have not been built yet. Run <code>npm run build</code>, then load this page again.</p>
<p>订货台已在运行，但界面尚未构建。请运行 <code>npm run build</code>，然后刷新本页。</p>
</body></html>
`;
