import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lineSettings } from './line-settings.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/certificates/${name}.pem`, import.meta.url));

test("the house's own authority is trusted besides the usual ones, not in their place", () => {
  const { ca = [] } = lineSettings({ proxy: null, caFile: fixture('ca') }, {});
  expect(ca.length).toBeGreaterThan(50);
  expect(lineSettings({ proxy: null, caFile: null }, {}).ca).toBeUndefined();
});

test.each(['server-key', 'not-there'])('a file that is no certificate is told in words at the start (%s)', (name) => {
  expect(() => lineSettings({ proxy: null, caFile: fixture(name) }, {})).toThrow(/--ca: .*can not be read/);
});
