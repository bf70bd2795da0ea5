/** Hands a text to the browser as a file; the desktop program asks where to put it. */
export function saveFile({ fileName, text }: { fileName: string; text: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has begun the download; the address is needed no longer than this turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
