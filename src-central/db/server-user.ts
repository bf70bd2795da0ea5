/**
 * Whom the embedded PostgreSQL runs as. It refuses to be root, so a root's server runs as the system's user `postgres`,
 * which is made when there is none. Everybody else's runs as themselves.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export interface ServerUser {
  uid: number;
  gid: number;
}

export interface Command {
  file: string;
  args: string[];
  options: { uid?: number; gid?: number; cwd: string };
}

const USER_NAME = 'postgres';
const execute = promisify(execFile);

/** `undefined` where the server may run as we do. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await idsOf(USER_NAME);
  if (known) return known;
  await execute('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', USER_NAME]).catch(
    () => undefined,
  );
  const made = await idsOf(USER_NAME);
  if (made) return made;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and a user "postgres" could not be made. ' +
      'Start this as an ordinary user, or name a PostgreSQL of your own with --database-url.',
  );
}

async function idsOf(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([execute('id', ['-u', name]), execute('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/**
 * How to run a server's binary as that user. Where a folder on the way is closed to it (a root's home, a folder made by
 * mktemp), it is given the one capability to pass through folders, rather than have the folder opened to everybody.
 */
export async function asServerUser(
  user: ServerUser | undefined,
  binary: string,
  args: readonly string[],
  folder: string,
): Promise<Command> {
  if (!user) return { file: binary, args: [...args], options: { cwd: path.parse(folder).root } };
  const closed = (await closedFolder(binary, user)) ?? (await closedFolder(path.join(folder, 'postgres'), user));
  if (closed === undefined) {
    return { file: binary, args: [...args], options: { uid: user.uid, gid: user.gid, cwd: '/' } };
  }
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'];
  for (const file of setpriv) {
    if (await isThere(file)) {
      // The secure bit: access(2), by which initdb looks for its server, asks without the capability otherwise.
      const grant = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', '--securebits=+no_setuid_fixup'];
      const as = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...grant, '--'];
      return { file, args: [...as, binary, ...args], options: { cwd: '/' } };
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as the user "${USER_NAME}", who can't enter ${closed}. ` +
      `Allow it ("chmod o+x ${closed}"), or choose another folder with --data.`,
  );
}

/** The first folder above a path that the user may not pass through. */
async function closedFolder(target: string, user: ServerUser): Promise<string | undefined> {
  let folder = path.dirname(path.resolve(target));
  let closed: string | undefined;
  for (;;) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) closed = folder;
    const parent = path.dirname(folder);
    if (parent === folder) return closed;
    folder = parent;
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
