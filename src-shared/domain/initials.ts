/**
 * The letters a clerk types for a name: the first letter of each pinyin syllable and of each Latin word, digits kept
 * ("白色 heart 灯" is "bsheartd"'s short form "bshd"). Made once, where the name is written, and carried with the row.
 */
import { pinyin } from 'pinyin-pro';

const MAX_INITIALS_LENGTH = 60;

export function initialsOf(name: string): string {
  let letters = '';
  for (const word of name.normalize('NFKC').match(/[\p{Script=Han}]+|[\p{L}\p{N}]+/gu) ?? []) {
    letters += /^\p{Script=Han}/u.test(word)
      ? pinyin(word, { pattern: 'first', toneType: 'none', type: 'array' }).join('')
      : /^\p{N}+$/u.test(word)
        ? word
        : word.slice(0, 1);
    if (letters.length >= MAX_INITIALS_LENGTH) break;
  }
  return letters
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, MAX_INITIALS_LENGTH);
}
