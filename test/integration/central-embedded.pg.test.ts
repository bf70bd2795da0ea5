/**
 * The embedded PostgreSQL and the program around it, with real processes: killed parents, shared folders, full stops.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src-central/db/embedded-postgres.ts';

const PROGRAM = path.resolve('src-central/main.ts');

let folder: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-embedded-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  // Whatever a failed test has left behind is adopted, and stopped.
  await (await startEmbeddedPostgres(folder)).stop();
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  child: ChildProcessWithoutNullStreams;
  url: string;
  output: string;
}

function run(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [PROGRAM, ...args]);
  children.push(child);
  return child;
}

async function startProgram(...args: string[]): Promise<Started> {
  const child = run('--port', '0', ...args);
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const url = /^central ready at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1];
      if (url) resolve({ child, url, output });
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.on('exit', (code) => reject(new Error(`central ended with ${code}: ${output}`)));
  });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function postmasterPid(): Promise<number | undefined> {
  const text = await readFile(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return text === '' ? undefined : Number(text.split('\n')[0]);
}

test('the first start makes an admin and says the password once; a stop leaves nothing running', async () => {
  const first = await startProgram('--data', folder);
  const password = /user "admin", password "([^"]+)"/.exec(first.output)?.[1];
  const signIn = await fetch(`${first.url}/trpc/auth.signIn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: 'admin', password }),
  });
  expect(signIn.status).toBe(200);
  expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  first.child.kill('SIGINT');
  expect((await ended(first.child)).code).toBe(0);
  expect(await postmasterPid()).toBeUndefined();
  const second = await startProgram('--data', folder);
  expect(second.output).not.toContain('password');
});

test('the password file is for its owner alone, and the server is on loopback alone', async () => {
  const server = await startEmbeddedPostgres(folder);
  const { mode } = await stat(path.join(folder, 'postgres-password'));
  expect(mode & 0o077).toBe(0);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const settings = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses') order by name`,
  );
  expect(Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    synchronous_commit: 'on',
  });
  await client.end();
  const wrong = new pg.Client({ connectionString: server.url.replace(/:[^:@]+@/, ':wrong@') });
  await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
  await server.stop();
});

test('a server that a killed program left behind is adopted by the next start, and stopped with it', async () => {
  const killed = await startProgram('--data', folder);
  const orphan = await postmasterPid();
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  expect(await postmasterPid()).toBe(orphan);
  const next = await startProgram('--data', folder);
  expect(await postmasterPid()).toBe(orphan);
  next.child.kill('SIGTERM');
  expect((await ended(next.child)).code).toBe(0);
  expect(await postmasterPid()).toBeUndefined();
});

test('a server killed without a chance to clean up starts again on its own folder', async () => {
  const server = await startEmbeddedPostgres(folder);
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('create table if not exists kept (id integer)');
  await client.query('insert into kept values (1)');
  process.kill((await postmasterPid()) ?? 0, 'SIGKILL');
  const again = await startEmbeddedPostgres(folder);
  const after = new pg.Client({ connectionString: again.url });
  await after.connect();
  expect((await after.query('select * from kept')).rowCount).toBe(1);
  await after.query('drop table kept');
  await after.end();
  await client.end().catch(() => undefined);
  await again.stop();
});

test('programs on one folder share one server, and the last to leave stops it', async () => {
  const [one, two] = await Promise.all([startEmbeddedPostgres(folder), startEmbeddedPostgres(folder)]);
  expect(one.url).toBe(two.url);
  await one.stop();
  const client = new pg.Client({ connectionString: two.url });
  await client.connect();
  await client.end();
  await two.stop();
  expect(await postmasterPid()).toBeUndefined();
});

test('a folder that only root may enter still has a server, as an unprivileged user', async () => {
  // mkdtemp makes such folders; the server's own user could not pass through without help.
  expect((await stat(folder)).mode & 0o077).toBe(0);
  const server = await startEmbeddedPostgres(folder);
  if (process.getuid?.() === 0) {
    const status = await readFile(`/proc/${await postmasterPid()}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
  }
  await server.stop();
});

test('what people do wrong is told in words, each with an exit code of its own', async () => {
  const taken = net.createServer();
  await new Promise<void>((resolve) => {
    taken.listen(0, '127.0.0.1', resolve);
  });
  const { port } = taken.address() as net.AddressInfo;
  const cases = [
    [['--sampel', 'small'], 2, 'sampel'],
    [['--port', 'http'], 2, '--port is a number'],
    [['--database-url', 'mysql://x', '--port', '0'], 2, 'postgres://'],
    [['--database-url', 'postgres://u:secret@127.0.0.1:1/x', '--port', '0'], 4, 'Is PostgreSQL running there?'],
    [['--data', folder, '--port', String(port)], 3, 'in use'],
  ] as const;
  for (const [args, code, words] of cases) {
    const { code: got, said } = await ended(run(...args));
    expect(said).toContain(words);
    expect(said).not.toContain('secret');
    expect(got).toBe(code);
  }
  expect(await postmasterPid()).toBeUndefined();
  taken.close();
});

test('a database that was begun in another cluster begins a new epoch by itself, once', async () => {
  const server = await startEmbeddedPostgres(folder);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const epochs = async () =>
    (
      await client.query<{ epoch: string; reason: string }>(
        'select epoch, reason from epoch_life order by from_position',
      )
    ).rows;
  const before = await epochs();
  await client.query(`update epoch set system_identifier = '1'`);
  for (let start = 1; start <= 2; start += 1) {
    const { child } = await startProgram('--data', folder);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const after = await epochs();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).map(({ reason }) => reason)).toEqual(['cluster']);
  await client.end();
  await server.stop();
});
