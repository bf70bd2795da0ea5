/** What Node is told when it runs a program of this project; for those that start one. */

const FLAGS = {
  // Chunks and pushes are megabytes that are garbage at once. With V8's 16 MB some of it outlives a collection each time,
  // which takes a fifth more of the processor.
  'src-central/main.ts': ['--max-semi-space-size=32'],
};

export function nodeFlags(program) {
  return FLAGS[program] ?? [];
}
