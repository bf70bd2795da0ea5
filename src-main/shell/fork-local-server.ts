/** The local server's process, as Electron makes it: Node without a window, with a channel to main. */
import { utilityProcess, type MessagePortMain } from 'electron';
import type { FromLocalServer, LocalServerStart, ToLocalServer } from './process-messages.ts';
import type { SupervisedProcess, SupervisorParts } from './supervisor.ts';

export function forkLocalServer(
  program: string,
  options: LocalServerStart,
  on: Parameters<SupervisorParts<MessagePortMain>['spawn']>[0],
): SupervisedProcess<MessagePortMain> {
  const child = utilityProcess.fork(program, [], { serviceName: 'Orderdesk local server', stdio: 'inherit' });
  const tell = (message: ToLocalServer, ports: MessagePortMain[] = []): void => child.postMessage(message, ports);
  child.on('message', (message: FromLocalServer) => on.message(message));
  child.on('exit', (code) => on.exit(code));
  tell({ kind: 'start', options });
  return {
    serve: (port) => tell({ kind: 'serve' }, [port]),
    askToStop: () => tell({ kind: 'stop' }),
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
