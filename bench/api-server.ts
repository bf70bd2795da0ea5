/** The local server of the `api` bench, on its own thread, behind both of its wires and a port that only echoes. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { appRouter } from '../src-main/api/router.ts';
import { startBrowserHost } from '../src-main/hosts/browser/browser-host.ts';
import { startLocalServer } from '../src-main/hosts/local-server.ts';
import { workerLinkPort } from '../src-main/hosts/port/link-ports.ts';
import { servePort } from '../src-main/hosts/port/serve-port.ts';
import { systemPlatform } from '../src-main/hosts/system-platform.ts';

const { folder, link, echo, control } = workerData as {
  folder: string;
  link: MessagePort;
  echo: MessagePort;
  control: MessagePort;
};
const token = 'a-token-for-the-length-of-one-bench';

const server = await startLocalServer({ dataDir: folder, centralUrls: [], platform: systemPlatform });
const { services, log } = server;
const host = await startBrowserHost({ services, log, token, port: 0, rendererDir: folder });
const served = servePort(workerLinkPort(link), {
  router: appRouter,
  createContext: (language) => ({ services, language, logUnforeseen: (error) => log.unforeseen(error) }),
  language: 'en',
});
echo.on('message', (message) => workerLinkPort(echo).post(message));

control.once('message', async () => {
  served.close();
  echo.close();
  await host.close();
  await server.close();
  control.close();
});
workerLinkPort(control).post({ url: `http://127.0.0.1:${host.port}`, token });
