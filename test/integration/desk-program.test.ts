/** The desk as a program: what it says and how it ends when something is not as it should be. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runToEnd, startDeskProgram, type DeskProgram } from '../support/programs.ts';

const DESK = 'src-main/hosts/browser/main.ts';
const NOBODY = 'http://127.0.0.1:9';

const made: string[] = [];
const programs: DeskProgram[] = [];
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.kill()));
  await Promise.all(made.splice(0).map((each) => rm(each, { recursive: true, force: true })));
});

async function folder(): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-desk-'));
  made.push(dataDir);
  return dataDir;
}

async function start(dataDir: string): Promise<DeskProgram> {
  const program = await startDeskProgram({ centralUrl: NOBODY, dataDir });
  programs.push(program);
  return program;
}

describe('the desk program', () => {
  test('starts without central and without enrolment, and ends in order when asked to', async () => {
    const dataDir = await folder();
    const program = await start(dataDir);
    expect(await program.api.session.state.query()).toMatchObject({ enrolled: false, user: null });
    expect(await program.api.sync.status.query()).toMatchObject({ link: 'blocked', linkReason: 'NOT_ENROLLED' });
    await expect(program.api.session.signIn.mutate({ userName: 'a', password: 'b' })).rejects.toThrow(/not connected/);
    expect(await program.stop()).toBe(0);
    expect(program.complaints()).toBe('');
  });

  test('makes a new token at each start', async () => {
    const dataDir = await folder();
    const first = await start(dataDir);
    await first.stop();
    const second = await start(dataDir);
    expect(first.token).toMatch(/^[\w-]{32}$/);
    expect(second.token).not.toBe(first.token);
  });

  test('says how it is called when it is called wrongly', async () => {
    const { exitCode, stderr, stdout } = await runToEnd(DESK, ['--data', await folder(), '--port', 'web']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/"web" is no port.*\n\nUsage: npm run desk/);
  });

  test('says that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await runToEnd(DESK, ['--data', await folder(), '--port', String(port)]);
    server.close();
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/port is in use.*--port/);
  });

  test('says that central is not there when it was to be enrolled', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const central = ['--central', `http://127.0.0.1:${port}`, '--enrol', 'ABCDEF'];
    const { exitCode, stderr } = await runToEnd(DESK, ['--data', await folder(), ...central]);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/cannot be reached \(refused\).*--central/);
  });

  test('leaves a folder alone that another desk has open', async () => {
    const dataDir = await folder();
    await start(dataDir);
    const { exitCode, stderr } = await runToEnd(DESK, ['--data', dataDir]);
    expect(exitCode).toBe(6);
    expect(stderr.length).toBeGreaterThan(10);
  });

  test('sets a file aside that is none of its own, byte for byte, and starts with an empty one', async () => {
    const dataDir = await folder();
    const notes = 'these are somebody’s notes and no database\n'.repeat(50);
    await writeFile(path.join(dataDir, 'desk.sqlite'), notes);
    const program = await start(dataDir);
    const { notice } = await program.api.safety.status.query();
    expect(notice).toMatchObject({ reason: 'damaged', base: 'empty', enrolled: false, lost: [] });
    expect(await readFile(path.join(notice?.folder ?? '', 'desk.sqlite'), 'utf8')).toBe(notes);
    expect(await program.stop()).toBe(0);
  });
});
