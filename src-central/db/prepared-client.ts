/**
 * A client whose statements are planned once for each connection: a pull of one order is a handful of small statements,
 * and PostgreSQL took longer to plan than to run them.
 *
 * Only for so many texts of a connection; what is asked beyond them is planned each time, as ever. Where a table was
 * changed under a kept plan, the statement fails once and all are planned anew.
 */
import { hash } from 'node:crypto';
import type pg from 'pg';
import { PREPARED_STATEMENTS } from './limits.ts';

type ClientClass = new (...given: never[]) => pg.ClientBase;
type Query = (...given: unknown[]) => unknown;

/** SQLSTATE of "cached plan must not change result type". */
const FEATURE_NOT_SUPPORTED = '0A000';

export function preparing(Client: ClientClass): new () => pg.ClientBase {
  // Its constructor stays as it is.
  const Base = Client as new (...given: unknown[]) => pg.ClientBase;
  class PreparedClient extends Base {
    readonly #names = new Map<string, string>();
    #generation = 0;

    // pg has a dozen signatures for this one.
    override query(...given: unknown[]): never {
      const [text, values] = given;
      const ask = super.query.bind(this) as Query;
      if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return ask(...given) as never;
      const name = this.#nameOf(text);
      if (name === undefined) return ask(...given) as never;
      const asked = ask({ name, text, values }, ...given.slice(2));
      if (asked instanceof Promise) asked.catch((error: unknown) => this.#forgetAfter(error));
      return asked as never;
    }

    #nameOf(text: string): string | undefined {
      const known = this.#names.get(text);
      if (known !== undefined || this.#names.size >= PREPARED_STATEMENTS) return known;
      const name = `${hash('sha256', text).slice(0, 32)}.${this.#generation}`;
      this.#names.set(text, name);
      return name;
    }

    #forgetAfter(error: unknown): void {
      if (!(error instanceof Error) || !('code' in error) || error.code !== FEATURE_NOT_SUPPORTED) return;
      this.#generation += 1;
      this.#names.clear();
    }
  }
  return PreparedClient;
}
