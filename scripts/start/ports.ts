/** Ports, looked at before anything is started: "in use" is better said at once than by the third program. */
import { createServer } from 'node:net';
import { StartError } from './words.ts';

/** @returns the asked one, or the usual one where none was asked for, or 0 (any) where that is taken. */
export async function choosePort(
  asked: number | undefined,
  { option, usual }: { option: string; usual: number },
): Promise<number> {
  if (asked === undefined) return (await isFree(usual)) ? usual : 0;
  if (asked === 0 || (await isFree(asked))) return asked;
  throw new StartError(
    {
      en: `Port ${asked} is in use by another program. Stop that one, or choose another with ${option} N.`,
      zh: `端口 ${asked} 已被其他程序占用。请停止该程序，或用 ${option} N 另选端口。`,
    },
    3,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
