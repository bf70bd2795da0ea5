/** What `npm start` says, in the language of the system. */
import { chooseLanguage } from '../../src-shared/text/language.ts';

const { LC_ALL, LC_MESSAGES, LANG } = process.env;
const language = chooseLanguage(LC_ALL || LC_MESSAGES || LANG || Intl.DateTimeFormat().resolvedOptions().locale);

export function inWords(text: { en: string; zh: string }): string {
  return language === 'en' ? text.en : text.zh;
}

/** On stderr: stdout has the two lines that scripts read. */
export function tell(text: { en: string; zh: string }): void {
  process.stderr.write(`${inWords(text)}\n`);
}

/** Why there is no start, in words for the person; ends the program with its exit code. */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(text: { en: string; zh: string }, exitCode = 1) {
    super(inWords(text));
    this.exitCode = exitCode;
  }
}
