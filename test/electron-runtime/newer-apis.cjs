/**
 * What Node 24 and Chromium 150 have and Node 18 and Chromium 114 lack, as far as the desk uses it. Loaded in front of
 * the staged copy's programs and page; the product is written for the newer ones and has none of this.
 */
(() => {
  const define = (target, name, value) => {
    if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true });
  };

  define(AbortSignal, 'any', (signals) => {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) {
        controller.abort(signal.reason);
        break;
      }
      const options = { once: true, signal: controller.signal };
      signal.addEventListener('abort', () => controller.abort(signal.reason), options);
    }
    return controller.signal;
  });

  define(Promise, 'withResolvers', () => {
    const made = {};
    made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
  });
  define(Promise, 'try', (run, ...args) => new Promise((resolve) => resolve(run(...args))));

  for (const target of [Array.prototype, Int32Array.prototype, Uint8Array.prototype, Float64Array.prototype]) {
    define(target, 'toSorted', function toSorted(compare) {
      return this.slice().sort(compare);
    });
    define(target, 'toReversed', function toReversed() {
      return this.map((_, index) => this[this.length - 1 - index]);
    });
    define(target, 'with', function replaced(index, value) {
      const copy = this.slice();
      copy[index < 0 ? copy.length + index : index] = value;
      return copy;
    });
  }
  define(Array.prototype, 'toSpliced', function toSpliced(...args) {
    const copy = this.slice();
    copy.splice(...args);
    return copy;
  });
  define(Array, 'fromAsync', async (source) => {
    const all = [];
    for await (const one of source) all.push(one);
    return all;
  });

  const group = (rows, keyOf, add) => {
    let index = 0;
    for (const row of rows) add(keyOf(row, index++), row);
  };
  define(Object, 'groupBy', (rows, keyOf) => {
    const groups = Object.create(null);
    group(rows, keyOf, (key, row) => (groups[key] ??= []).push(row));
    return groups;
  });
  define(Map, 'groupBy', (rows, keyOf) => {
    const groups = new Map();
    group(rows, keyOf, (key, row) => (groups.has(key) ? groups.get(key).push(row) : groups.set(key, [row])));
    return groups;
  });

  define(Set.prototype, 'union', function union(other) {
    return new Set([...this, ...other.keys()]);
  });
  define(Set.prototype, 'intersection', function intersection(other) {
    return new Set([...this].filter((one) => other.has(one)));
  });
  define(Set.prototype, 'difference', function difference(other) {
    return new Set([...this].filter((one) => !other.has(one)));
  });
  define(Set.prototype, 'isSubsetOf', function isSubsetOf(other) {
    return [...this].every((one) => other.has(one));
  });

  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  define(iterators, 'map', function* map(turn) {
    let index = 0;
    for (const one of this) yield turn(one, index++);
  });
  define(iterators, 'filter', function* filter(keep) {
    let index = 0;
    for (const one of this) if (keep(one, index++)) yield one;
  });
  define(iterators, 'take', function* take(limit) {
    if (limit <= 0) return;
    let left = limit;
    for (const one of this) {
      yield one;
      if ((left -= 1) <= 0) return;
    }
  });
  define(iterators, 'toArray', function toArray() {
    return [...this];
  });
  define(iterators, 'some', function some(holds) {
    for (const one of this) if (holds(one)) return true;
    return false;
  });
  define(iterators, 'every', function every(holds) {
    for (const one of this) if (!holds(one)) return false;
    return true;
  });
  define(iterators, 'find', function find(holds) {
    for (const one of this) if (holds(one)) return one;
    return undefined;
  });
  define(iterators, 'reduce', function reduce(...args) {
    return [...this].reduce(...args);
  });
  define(iterators, 'forEach', function forEach(run) {
    for (const one of this) run(one);
  });

  define(URL, 'canParse', (text, base) => {
    try {
      return Boolean(new URL(text, base));
    } catch {
      return false;
    }
  });
  define(URL, 'parse', (text, base) => {
    try {
      return new URL(text, base);
    } catch {
      return null;
    }
  });

  // Node 18's fetch no longer hears its signal once the garbage collector has been by: a stream that is held open for
  // hours would outlive its abort. Piped through, the body ends with the signal.
  if (globalThis.process?.versions.node.startsWith('18.')) {
    const bare = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const response = await bare(input, init);
      if (!init?.signal || !response.body) return response;
      const { readable, writable } = new TransformStream();
      response.body.pipeTo(writable, { signal: init.signal }).catch(() => undefined);
      const { status, statusText, headers } = response;
      return new Response(readable, { status, statusText, headers });
    };
  }

  define(Symbol, 'dispose', Symbol('Symbol.dispose'));
  define(Symbol, 'asyncDispose', Symbol('Symbol.asyncDispose'));
})();
