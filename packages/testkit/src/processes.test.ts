import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startProcess } from './processes.ts';
import { waitFor } from './wait-for.ts';

const script = (code: string) => ['--input-type=module', '-e', code];
const forever = 'setInterval(() => {}, 1000);';

describe('startProcess', () => {
  it('is ready when the line appears, and finds lines printed before it was asked', async () => {
    const child = await startProcess({
      args: script(`console.log('one ' + process.env.WORD); console.error('ready'); ${forever}`),
      env: { WORD: 'word' },
      readyWhen: /^ready$/,
    });
    expect(await child.waitForLine((line) => line.startsWith('one'))).toBe('one word');
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('shows the last lines of a process that ends before it is ready', async () => {
    const starting = startProcess({
      args: script(`console.log('no config'); process.exit(3)`),
      readyWhen: /ready/,
    });
    await expect(starting).rejects.toThrow(/it ended first \(code 3, signal null\).*\n.*no config/);
  });

  it('kills what ignores SIGTERM, with its children', async () => {
    const child = await startProcess({
      args: script(`
        import { spawn } from 'node:child_process';
        process.on('SIGTERM', () => console.log('ignored'));
        const sleeper = spawn('sleep', ['600']);
        console.log('sleeper ' + sleeper.pid);
        ${forever}`),
      readyWhen: /^sleeper/,
    });
    const sleeper = Number(child.lines[0]?.split(' ')[1]);
    expect(await child.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(child.lines).toContain('ignored');
    await waitFor('the sleeper to be gone', () => !isAlive(sleeper));
  });

  it('leaves nothing behind when the one who started it is killed', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'otp-relay-scratch-'));
    const starter = await startProcess({
      args: script(`
        import { startProcess } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
        const child = await startProcess({ command: 'sleep', args: ['600'], scratch: ${JSON.stringify(scratch)} });
        console.log('child ' + child.pid);
        ${forever}`),
      readyWhen: /^child/,
    });
    const child = Number(starter.lines[0]?.split(' ')[1]);
    expect(isAlive(child)).toBe(true);
    await starter.kill();
    await waitFor('the child and its folder to be gone', () => !isAlive(child) && !existsSync(scratch));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
