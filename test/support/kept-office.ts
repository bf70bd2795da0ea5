/** A desk of an earlier version at today's central, over a line that writes down what it is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptDesk } from './kept-desk.ts';
import type { ZodType } from 'zod';
import { responseReaders, strictReader } from './kept-wire.ts';
import { eventually, startDeskProgram, type DeskProgram } from './programs.ts';
import { startRecordingLine, type RecordedAnswer, type RecordingLine } from './recording-line.ts';
import { TEST_PASSWORD } from './test-house.ts';

export interface KeptOfficeDesk {
  program: DeskProgram;
  api: DeskProgram['api'];
  line: RecordingLine;
  dataDir: string;
  /** Stops the program and starts it again on the same folder: the kept one, or today's. */
  restart(build: 'kept' | 'today'): Promise<void>;
  close(): Promise<void>;
}

/** Enrolled, signed in, filled. */
export async function openKeptDesk(
  protocol: number,
  of: { centralUrl: string; enrol: string; user: string },
): Promise<KeptOfficeDesk> {
  const line = await startRecordingLine(of.centralUrl);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-kept-'));
  const options = { centralUrl: line.url, dataDir };
  const program = keptDesk(protocol);
  const desk = { line, dataDir } as KeptOfficeDesk;
  const use = (started: DeskProgram): void => {
    desk.program = started;
    desk.api = started.api;
  };
  use(await startDeskProgram({ ...options, program, enrol: of.enrol }));
  desk.restart = async (build) => {
    await desk.program.stop();
    use(await startDeskProgram(build === 'kept' ? { ...options, program } : options));
  };
  desk.close = async () => {
    await desk.program.kill();
    await line.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  await desk.api.session.signIn.mutate({ userName: of.user, password: TEST_PASSWORD });
  await eventually(
    () => desk.api.sync.status.query(),
    (status) => !status.filling && status.asOf !== null,
  );
  return desk;
}

/** What in these answers no desk of that version has been told to expect; empty when all is as it was. */
export function strangeTo(protocol: number, answers: readonly RecordedAnswer[]): string[] {
  const poke = strictReader(protocol, 'pokeMessage');
  const failure = strictReader(protocol, 'errorResponse');
  const responses = responseReaders(protocol);
  return answers.flatMap(({ path: at, status, text }) => {
    if (at === '/sync/poke' && status === 200) {
      // The last line may have been cut off in the middle.
      const lines = text.split('\n').slice(0, -1);
      return lines.flatMap((line) => strangeIn(`${at} ${line}`, poke, line));
    }
    // Chunks are bytes: what is in them shows in the digest.
    if (responses.get(at) === 'bytes' && status === 200) return [];
    const reader = status >= 400 ? failure : (responses.get(at) as ZodType | undefined);
    return reader ? strangeIn(`${at} ${status}`, reader, text) : [`${at} ${status}: nobody asks this`];
  });
}

function strangeIn(what: string, reader: ReturnType<typeof strictReader>, text: string): string[] {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // A body that the line cut off is as old as lines are.
    return text === '' ? [] : [`${what}: no JSON: ${text.slice(0, 200)}`];
  }
  const read = reader.safeParse(message);
  return read.success ? [] : read.error.issues.map((issue) => `${what}: ${JSON.stringify(issue).slice(0, 400)}`);
}
