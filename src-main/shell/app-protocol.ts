/** Serves the built renderer under the program's own origin, as the browser host serves it under loopback's. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { protocol, type Session } from 'electron';
import { APP_ORIGIN, APP_SCHEME } from '../../src-shared/desk-link/window-messages.ts';
import { ASSET_HEADERS, assetOf, contentTypeOf, servePage } from '../hosts/page.ts';

/** Before the program is ready: a scheme without these privileges has no origin, and no storage of its own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function serveApp(session: Session, rendererFolder: string): void {
  session.protocol.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url);
    const asset = request.url.startsWith(`${APP_ORIGIN}/`) ? assetOf(url.pathname) : undefined;
    const contentType = asset && contentTypeOf(asset);
    if (!asset || !contentType || request.method !== 'GET') return new Response('Not found', { status: 404 });
    try {
      const content = await readFile(join(rendererFolder, asset));
      if (asset !== 'index.html') {
        return new Response(new Uint8Array(content), { headers: { ...ASSET_HEADERS, 'content-type': contentType } });
      }
      const page = servePage(content.toString(), randomBytes(16).toString('base64'));
      return new Response(page.body, { headers: page.headers });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return new Response('Not found', { status: 404 });
    }
  });
}
