/** The local server of a kept desk, loaded into this process: a bundle that is unpacked when it is first used. */
import { pathToFileURL } from 'node:url';
import { keptLocalServer } from './kept-desk.ts';

export async function loadKeptServer(protocol: number): Promise<unknown> {
  return import(pathToFileURL(keptLocalServer(protocol)).href);
}
