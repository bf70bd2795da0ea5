/**
 * Stands in for the default app that a plain Electron has and a packaged one lacks: `electron [-r FILE]… APPDIR [ARG…]`
 * runs the app in APPDIR as the real one would.
 */
const { app } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const preloads = [];
let target;
const given = process.argv.slice(1);
for (let index = 0; index < given.length && !target; index += 1) {
  if (given[index] === '-r') preloads.push(given[(index += 1)]);
  else if (!given[index].startsWith('-')) target = path.resolve(given[index]);
}
Object.defineProperty(process, 'defaultApp', { value: true });
for (const file of preloads) require(path.resolve(file));
if (target) {
  const manifest = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
  app.setVersion(manifest.version);
  app.name = manifest.productName ?? manifest.name;
  app.setPath('userData', path.join(app.getPath('appData'), app.name));
  app.setAppPath(target);
  require(target);
} else {
  console.error('No folder of an app was given.');
  app.exit(1);
}
