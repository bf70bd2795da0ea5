/**
 * Preloaded into a child process that was given a channel to its parent: when the parent is gone, however it went, the
 * child stops as if it had been asked to. Without it a killed start leaves servers behind that hold ports and files.
 */
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel must not keep a program alive that has nothing left to do.
  process.channel.unref();
}
// What this program forks has channels for its own purposes, and closes them when it likes.
const at = process.execArgv.findIndex((argument) => argument.endsWith('/stop-with-parent.mjs'));
if (at > 0) process.execArgv.splice(at - 1, 2);
