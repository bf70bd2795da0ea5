/** Debian's packages for tests: installed when root asks for them, named for the person to install otherwise. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './run.ts';

/**
 * Makes sure that the packages are there.
 *
 * @throws Error with the command to run, when this is no Debian or the user is not root.
 */
export async function ensureDebianPackages(purpose: string, names: readonly string[]): Promise<void> {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`${purpose} needs what Debian calls ${missing.join(', ')}. Install that and run the tests again.`);
  }
  if (process.getuid?.() !== 0) throw new Error(`${purpose} needs more packages. Run: sudo ${command}`);
  process.stderr.write(`Installing for ${purpose}: ${missing.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): Promise<string> =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...missing], {
      env,
    });
  // A machine that never asked has no list of packages, and an old list names files that are gone.
  await install().catch(async () => {
    await run('apt-get', ['-q', 'update'], { env });
    await install();
  });
}

/** Also under the name that it has since Debian's 64-bit time (`libasound2t64`). */
function isInstalled(name: string): boolean {
  return hasPackage(name) || hasPackage(`${name}t64`);
}

function hasPackage(name: string): boolean {
  const asked = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return asked.status === 0 && asked.stdout.includes('ok installed');
}
