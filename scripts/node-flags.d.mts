/** @param program its path from the project's folder. */
export function nodeFlags(program: string): readonly string[];
