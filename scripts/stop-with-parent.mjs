/**
 * Preloaded into a child process that was given a channel to its parent: when the parent is gone, however it went, the
 * child stops as if it had been asked to. Without it a killed start leaves servers behind that hold ports and files.
 */
if (process.channel) {
  // The channel must not keep a program alive that has nothing left to do.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
