/**
 * The one page of the desk, as both hosts serve it: its text with a nonce of this very answer in it, and the headers
 * that go along. Pure, so that the desktop program and the browser host cannot differ in what a page may do.
 */

/** Where the renderer's build wants the nonce. */
const PLACEHOLDER = '%CSP_NONCE%';

export interface ServedPage {
  body: string;
  headers: Record<string, string>;
}

/**
 * @param template index.html as it was built.
 * @param nonce    Random, in base64, and used for no other answer.
 * @param connect  Origins besides the page's own that it may speak to, like `ws://127.0.0.1:4100`.
 */
export function servePage(template: string, nonce: string, connect: readonly string[] = []): ServedPage {
  if (!/^[A-Za-z0-9+/=]{22,}$/.test(nonce)) throw new Error('servePage: the nonce must be 128 random bits in base64');
  return {
    body: template.replaceAll(PLACEHOLDER, nonce),
    headers: { ...PAGE_HEADERS, 'content-security-policy': contentSecurityPolicy(nonce, connect) },
  };
}

/** What goes with every file that a page loads, and with the page itself. */
export const ASSET_HEADERS = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };

const PAGE_HEADERS = {
  ...ASSET_HEADERS,
  'content-type': 'text/html; charset=utf-8',
  // The nonce may not be served twice.
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Nothing from outside, no inline script, no eval; styles that are made at run time need the nonce. */
function contentSecurityPolicy(nonce: string, connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const CONTENT_TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** By the file's ending; `undefined` for a kind that the renderer's build does not make, which is not served. */
export function contentTypeOf(file: string): string | undefined {
  return CONTENT_TYPES[file.slice(file.lastIndexOf('.') + 1)];
}

/**
 * The file, relative to the renderer's build, that a path of an address names: `/assets/main.js` is `assets/main.js`,
 * `/` is `index.html`. `undefined` for a path that names none, or that tries to leave the folder.
 */
export function assetOf(pathname: string): string | undefined {
  if (pathname === '/' || pathname === '/index.html') return 'index.html';
  const match = /^\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.\w+)$/.exec(pathname);
  return match?.[1];
}
