import { spawn } from 'node:child_process';

/**
 * Ends the process group `pid` and removes `folder` once this process is gone, however it went: a killed jest runs no
 * `afterAll`. Does nothing when `pid` ends first.
 */
export function startWatchdog(pid: number, folder = ''): void {
  const script = [
    'while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 0.2; done',
    'kill -0 "$1" 2>/dev/null && exit 0',
    'kill -s KILL -- "-$2" 2>/dev/null',
    '[ -z "$3" ] || rm -rf "$3"',
  ].join('\n');
  const args = ['-c', script, 'otp-relay-test-watchdog', String(process.pid), String(pid), folder];
  spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: 'ignore' }).unref();
}
