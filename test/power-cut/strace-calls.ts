/**
 * strace's lines, read exactly: `strace -f -y -xx -qqq` writes every string, and every path behind a descriptor, in
 * hex, so that nothing in them can be taken for punctuation. What doesn't read exactly throws.
 */

export interface Call {
  name: string;
  /** The arguments, with `"#n"` in place of the n-th string and `<#n>` in place of the path behind a descriptor. */
  shape: string;
  /** What stood there. */
  strings: Buffer[];
  /** What the kernel answered; `?` when the process ended in the call. */
  result: string;
}

const UNFINISHED = '<unfinished ...>';

/**
 * The calls of all threads in order. One that another thread's line cut in two counts where it began, because from
 * there on its effect may be on the disk; where it ended, if `countsAtEnd` says so.
 */
export function readCalls(text: string, countsAtEnd: (name: string) => boolean): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { begun: string; place: number | undefined }>();
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest === '' || rest.startsWith('+++') || rest.startsWith('---')) continue;
    if (rest.endsWith(UNFINISHED)) {
      const begun = rest.slice(0, -UNFINISHED.length).trimEnd();
      const atEnd = countsAtEnd(begun.slice(0, begun.indexOf('(')));
      open.set(thread, { begun, place: atEnd ? undefined : calls.length });
      // Stays as it is when the process ends in the call.
      if (!atEnd) calls.push(readCall(`${begun}) = ?`));
      continue;
    }
    const end = /^<\.\.\. \w+ resumed>/.exec(rest)?.[0];
    if (end === undefined) {
      calls.push(readCall(rest));
      continue;
    }
    const first = open.get(thread);
    if (!first) throw new Error(`strace: an end without its beginning: ${shortened(line)}`);
    open.delete(thread);
    const call = readCall(first.begun + rest.slice(end.length));
    if (first.place === undefined) calls.push(call);
    else calls[first.place] = call;
  }
  return calls;
}

function readCall(text: string): Call {
  const strings: Buffer[] = [];
  const bare = text.replaceAll(/"([^"]*)"|<((?:\\x[0-9a-f]{2})+)>/g, (_, quoted?: string, path?: string) => {
    strings.push(fromHex(quoted ?? path ?? ''));
    const mark = `#${strings.length - 1}`;
    return quoted === undefined ? `<${mark}>` : `"${mark}"`;
  });
  const [, name, shape, result] = /^(\w+)\((.*)\) += (\?|-?\w+)/.exec(bare) ?? [];
  if (name === undefined || shape === undefined || result === undefined) {
    throw new Error(`strace: can't read ${shortened(text)}`);
  }
  return { name, shape, strings, result };
}

function fromHex(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('\\x', ''), 'hex');
  // Buffer.from stops in silence at what is no hex.
  if (bytes.length * '\\x00'.length !== text.length) throw new Error(`strace: no hex: ${shortened(text)}`);
  return bytes;
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
