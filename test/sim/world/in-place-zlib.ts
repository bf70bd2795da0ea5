/** Packing and unpacking without the thread pool: done in place, the callback on the next tick. */
import zlib from 'node:zlib';

type Callback = (error: Error | null, value?: unknown) => void;
type InPlace = (...given: unknown[]) => unknown;

const NAMES = [
  'gzip',
  'gunzip',
  'deflate',
  'inflate',
  'deflateRaw',
  'inflateRaw',
  'unzip',
  'brotliCompress',
  'brotliDecompress',
  'zstdCompress',
  'zstdDecompress',
] as const;

/** Once in a process. Streams are not among them: the simulated network asks for nothing packed and unpacks what is. */
export function workInPlace(): void {
  const library = zlib as unknown as Record<string, InPlace | undefined>;
  for (const name of NAMES) {
    const inPlace = library[`${name}Sync`];
    if (!inPlace) continue;
    const value = (...given: unknown[]): void => {
      const callback = given.pop() as Callback;
      try {
        process.nextTick(callback, null, inPlace(...given));
      } catch (error) {
        process.nextTick(callback, error);
      }
    };
    Object.defineProperty(zlib, name, { value });
  }
}
