import { describe, expect, test } from 'vitest';
import { assetOf, contentTypeOf, servePage } from './page.ts';

const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA==';

describe('a served page', () => {
  test('carries its nonce in the text and in the policy', () => {
    const page = servePage('<style nonce="%CSP_NONCE%"></style><script nonce="%CSP_NONCE%"></script>', NONCE);
    expect(page.body).toBe(`<style nonce="${NONCE}"></style><script nonce="${NONCE}"></script>`);
    expect(page.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${NONCE}'`);
    expect(page.headers['cache-control']).toBe('no-store');
  });

  test('may run no inline script and speak to no stranger', () => {
    const policy = servePage('', NONCE, ['ws://127.0.0.1:4100']).headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4100;");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test('is not served with a nonce that could be guessed or could end the policy', () => {
    expect(() => servePage('', 'abc')).toThrow(/nonce/);
    expect(() => servePage('', "AAAAAAAAAAAAAAAAAAAAAA'; script-src *")).toThrow(/nonce/);
  });
});

describe('an address', () => {
  test('names files of the build only', () => {
    expect(assetOf('/')).toBe('index.html');
    expect(assetOf('/assets/main-Bx_1.js')).toBe('assets/main-Bx_1.js');
    for (const bad of [
      '/../package.json',
      '/assets/../../x.js',
      '/assets/%2e%2e/x.js',
      '//etc/passwd',
      '/.env',
      '/a',
    ]) {
      expect(assetOf(bad), bad).toBeUndefined();
    }
  });

  test('of a kind that no build makes has no content type', () => {
    expect(contentTypeOf('assets/a.js')).toBe('text/javascript; charset=utf-8');
    expect(contentTypeOf('a.exe')).toBeUndefined();
  });
});
