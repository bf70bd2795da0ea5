/** Runs one of the project's tools on this Node and keeps what it says. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Ran {
  /** The signal's name where one ended it. */
  code: number | string;
  output: string;
}

/** Programs that a tool starts by the name of `node` are to run on this one too, not on the system's older one. */
const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

export async function runTool(
  tool: { package: string; program?: string; args: readonly string[] },
  env: Record<string, string> = {},
): Promise<Ran> {
  const script = programOf(tool.package, tool.program ?? tool.package);
  return runNode([script, ...tool.args], env);
}

export async function runNode(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, PATH, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(child);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  });
  living.delete(child);
  return { code, output: Buffer.concat(chunks).toString() };
}

const living = new Set<{ kill(signal: NodeJS.Signals): boolean }>();

/** Nothing that this run started may outlive it. */
export function stopTools(): void {
  for (const child of living) child.kill('SIGTERM');
}

/** The script behind a tool's command: npm's own launchers differ from system to system. */
function programOf(name: string, program: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[program];
  if (!script) throw new Error(`${name} has no command ${program}`);
  return join(folder, script);
}
