/**
 * The programs as processes of their own, as an office runs them: started on free ports, killed, hung and started again.
 * Whatever a test leaves running ends with it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTRPCClient, createWSClient, httpLink, splitLink, wsLink, type TRPCClient } from '@trpc/client';
import { nodeFlags } from '../../scripts/node-flags.mjs';
import type { AppRouter } from '../../src-main/api/router.ts';
import type { Language } from '../../src-shared/text/language.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_WITH_PARENT = new URL('../../scripts/stop-with-parent.mjs', import.meta.url).href;
/** A program that has not said its line by then will not. */
const READY_WITHIN_MS = 60_000;
const END_WITHIN_MS = 20_000;

export interface Program {
  pid: number;
  /** What it has said on stderr so far. */
  complaints(): string;
  /** SIGSTOP: it holds its ports and answers nothing. */
  hang(): void;
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. @throws when it does not end by itself in time. */
  stop(): Promise<number | null>;
  exitCode: Promise<number | null>;
}

export interface CentralProgram extends Program {
  url: string;
}

export interface DeskProgram extends Program {
  url: string;
  token: string;
  /** Milliseconds from the start to its line. */
  readyAfterMs: number;
  api: DeskApi;
}

export type DeskApi = TRPCClient<AppRouter>;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startCentralProgram(args: readonly string[]): Promise<CentralProgram> {
  const { program, line } = await startProgram('src-central/main.ts', args, /^central ready at (\S+)$/m);
  return { ...program, url: line[1] ?? '' };
}

export interface DeskProgramOptions {
  centralUrl: string;
  dataDir: string;
  enrol?: string;
  language?: Language;
  /** Another build of it (kept-desk.ts); today's when left out. */
  program?: string;
}

export async function startDeskProgram(options: DeskProgramOptions): Promise<DeskProgram> {
  const { centralUrl, dataDir, enrol, language, program: script = 'src-main/hosts/browser/main.ts' } = options;
  const args = ['--central', centralUrl, '--data', dataDir, ...(enrol === undefined ? [] : ['--enrol', enrol])];
  const before = performance.now();
  const { program, line } = await startProgram(script, args, /^desk ready at (\S+)$/m);
  const readyAfterMs = performance.now() - before;
  const url = new URL(line[1] ?? '');
  const token = url.searchParams.get('token') ?? '';
  return { ...program, url: url.href, token, readyAfterMs, api: deskApi(url.origin, token, language) };
}

/** A desk's API as a page has it: calls over HTTP, events over a WebSocket. */
export function deskApi(origin: string, token: string, language: Language = 'en'): DeskApi {
  const socket = createWSClient({
    url: `${origin.replace(/^http/, 'ws')}/trpc`,
    connectionParams: { token, language },
    lazy: { enabled: true, closeMs: 0 },
  });
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: wsLink({ client: socket }),
        false: httpLink({
          url: `${origin}/trpc`,
          methodOverride: 'POST',
          headers: { authorization: `Bearer ${token}`, 'accept-language': language },
        }),
      }),
    ],
  });
}

/** Runs a program to its end; for those that are expected to give up. */
export async function runToEnd(
  script: string,
  args: readonly string[],
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const { child, output, exitCode } = launch(script, args);
  const code = await within(END_WITHIN_MS, exitCode, () => `${script} did not end`).finally(() =>
    child.kill('SIGKILL'),
  );
  return { exitCode: code, ...output };
}

async function startProgram(
  script: string,
  args: readonly string[],
  ready: RegExp,
): Promise<{ program: Program; line: RegExpExecArray }> {
  const { child, output, exitCode } = launch(script, args);
  const said = new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const match = ready.exec(output.stdout);
      if (match) resolve(match);
    });
    void exitCode.then((code) => reject(new Error(`${script} ended with ${code}:\n${output.stderr}`)));
  });
  const line = await within(READY_WITHIN_MS, said, () => `${script} did not get ready:\n${output.stderr}`);
  const program: Program = {
    pid: child.pid ?? 0,
    complaints: () => output.stderr,
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await exitCode;
    },
    stop: () => {
      child.kill('SIGTERM');
      return within(END_WITHIN_MS, exitCode, () => `${script} did not stop:\n${output.stderr}`);
    },
    exitCode,
  };
  return { program, line };
}

function launch(script: string, args: readonly string[]) {
  // With a channel to this process, so that it ends also when this process is killed and can't clean up.
  const child = spawn(process.execPath, [...nodeFlags(script), '--import', STOP_WITH_PARENT, script, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.channel?.unref();
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, output, exitCode };
}

async function within<T>(limitMs: number, wanted: Promise<T>, complaint: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint()} within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([wanted, late]).finally(() => clearTimeout(timer));
}

/** Asks again and again until the answer is as wanted. @throws with the last answer when that takes too long. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  { withinMs = 20_000, everyMs = 25 } = {},
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms; the last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
