/** A line for the person at the terminal, on stderr (stdout is for results), in the language of the system. */
export function say({ en, zh }) {
  process.stderr.write(`${speaksChinese() ? zh : en}\n`);
}

function speaksChinese() {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = LC_ALL || LC_MESSAGES || LANG || Intl.DateTimeFormat().resolvedOptions().locale;
  return locale.toLowerCase().startsWith('zh');
}
