import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readableLine } from './child-lines.ts';
import { type Child, startChild } from './start-child.ts';

const folder = mkdtempSync(join(tmpdir(), 'otp-child-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ready = `console.log('{"msg":"ready"}');`;
const never = new AbortController().signal;
const child = (script: string): Promise<Child> =>
  startChild({
    name: 'The thing',
    args: ['-e', script],
    env: process.env,
    logFile: join(folder, 'thing.log'),
    fix: 'mend it',
    stopWithParent: new URL('../../dist/demo/stop-with-parent.js', import.meta.url),
  });

describe('startChild', () => {
  it('waits until it is ready, tells what it says on the way, and stops it', async () => {
    const started = await child(`console.log('{"msg":"warming up"}'); ${ready} setInterval(() => {}, 1000);`);
    const lines: string[] = [];
    await started.ready(never, (line) => lines.push(line));
    expect(lines[0]).toBe('warming up');
    await started.stop(5_000);
    expect((await started.ended).message).toContain('The thing does not run (SIGTERM)');
  });

  it('gives the last lines of one that ends before it is ready, addresses masked', async () => {
    const started = await child(
      `console.log('{"msg":"broken","err":{"message":"redis://user:pw@host is away"}}'); process.exitCode = 3`,
    );
    await expect(started.ready(never)).rejects.toMatchObject({
      message: expect.stringMatching(/exit code 3[\s\S]*│ broken: redis:\/\/user:\*\*\*@host is away/),
      fix: 'mend it',
      exitCode: 2,
    });
    expect(started.printed(/"broken"/)).toBe(true);
  });

  it('stops waiting when told to', async () => {
    const started = await child('setInterval(() => {}, 1000)');
    await expect(started.ready(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await started.stop(5_000);
  });

  it('kills one that does not listen', async () => {
    const started = await child(`process.on('SIGTERM', () => {}); ${ready} setInterval(() => {}, 1000);`);
    await started.ready(never);
    await started.stop(50);
    expect((await started.ended).message).toContain('SIGKILL');
  });
});

describe('readableLine', () => {
  it.each([
    ['{"level":30,"msg":"listening"}', 'listening'],
    ['{"level":60,"msg":"a fault","err":{"message":"it broke"}}', 'a fault: it broke'],
    ['{"level":60,"msg":"it broke","err":{"message":"it broke"}}', 'it broke'],
    ['{ not json', '{ not json'],
    ['Error: plain', 'Error: plain'],
  ])('%s', (line, text) => expect(readableLine(line)).toBe(text));
});
