/**
 * Loaded before the entry of every process the demo starts (`node --import`). Its stdin is a pipe whose other end only
 * the demo holds: when that end is gone, however the demo ended, this process stops in order, and at the latest by force.
 */
const byForceAfterMs = 15_000;

process.stdin
  .on('end', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), byForceAfterMs).unref();
    process.kill(process.pid, 'SIGTERM');
  })
  .on('error', () => undefined)
  .resume()
  .unref();
