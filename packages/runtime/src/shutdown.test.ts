import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './create-logger.ts';
import { type ProcessLike, shutdown } from './shutdown.ts';

/** A process that tells when it exits instead of doing so. */
function stage(timeoutMs = 1000) {
  const lines: string[] = [];
  const log = createLogger({
    name: 'test',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  const host = new EventEmitter() as EventEmitter & ProcessLike;
  const exits: number[] = [];
  host.exit = (code) => {
    exits.push(code);
    host.emit('exited');
  };
  const exited = (): Promise<unknown> => once(host, 'exited', { signal: AbortSignal.timeout(5000) });
  return { host, exits, exited, lines, stopping: shutdown({ log, timeoutMs, process: host }) };
}
const never = (): Promise<void> => new Promise(() => {});

describe('shutdown', () => {
  it('stops in reverse order, waits for each, then exits 0', async () => {
    const { host, exits, exited, stopping } = stage();
    const order: string[] = [];
    stopping.onStop('store', () => void order.push('store'));
    stopping.onStop('queue', async () => {
      await Promise.resolve();
      order.push('queue');
    });
    stopping.onStop('server', () => void order.push(`server, aborted: ${stopping.signal.aborted}`));
    expect(stopping.signal.aborted).toBe(false);
    const exit = exited();
    host.emit('SIGTERM');
    await exit;
    expect(order).toEqual(['server, aborted: true', 'queue', 'store']);
    expect(exits).toEqual([0]);
  });

  it('exits at once on the second signal', async () => {
    const { host, exits, exited, stopping } = stage(60_000);
    let started = (): void => {};
    const inStep = new Promise<void>((resolve) => {
      started = resolve;
    });
    let finish = (): void => {};
    stopping.onStop('slow', () => {
      started();
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    host.emit('SIGINT');
    await inStep;
    expect(exits).toEqual([]);
    const exit = exited();
    host.emit('SIGTERM');
    await exit;
    expect(exits).toEqual([143]);
    finish();
    await stopping.stop('again');
  });

  it('bounds a step that hangs and one that fails, still stops the rest, and exits 1', async () => {
    const { host, exits, exited, lines, stopping } = stage(200);
    const order: string[] = [];
    stopping.onStop('last', () => void order.push('last'));
    stopping.onStop('hangs', never, { timeoutMs: 10 });
    stopping.onStop('fails', () => {
      throw new Error('no');
    });
    stopping.onStop('hangs too', never);
    const exit = exited();
    host.emit('SIGTERM');
    await exit;
    expect(order).toEqual(['last']);
    expect(exits).toEqual([1]);
    const said = lines.map((line) => JSON.parse(line) as { step?: string; msg: string; ms?: number });
    expect(said.filter(({ step }) => step).map(({ step, msg }) => `${step}: ${msg}`)).toEqual([
      'hangs too: step did not stop in time',
      'fails: step failed to stop',
      'hangs: step did not stop in time',
      'last: step stopped',
    ]);
    expect(said.find(({ step }) => step === 'hangs too')?.ms).toBeGreaterThanOrEqual(90);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('%s: says so, stops, exits 1', async (event) => {
    const { host, exits, exited, lines, stopping } = stage();
    let stopped = false;
    stopping.onStop('server', () => {
      stopped = true;
    });
    const exit = exited();
    host.emit(event, new Error('lost'));
    await exit;
    expect([stopped, exits]).toEqual([true, [1]]);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ level: 60, event, err: { message: 'lost' } });
  });

  it('stops once, however often it is asked', async () => {
    const { exits, stopping } = stage();
    let count = 0;
    stopping.onStop('server', () => {
      count += 1;
    });
    await Promise.all([stopping.stop('a'), stopping.stop('b')]);
    expect([count, exits]).toEqual([1, [0]]);
  });

  it('takes its handlers back', () => {
    const { host, stopping } = stage();
    const handled = () =>
      ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'].map((it) => host.listenerCount(it));
    expect(handled()).toEqual([1, 1, 1, 1]);
    stopping.release();
    expect(handled()).toEqual([0, 0, 0, 0]);
  });

  it('ends a real process: steps run, logs come out, the exit code tells', async () => {
    const built = new URL('../dist/index.js', import.meta.url).href;
    const script = `import { createLogger, shutdown } from ${JSON.stringify(built)};
      const log = createLogger({ name: 'child', destination: 'stderr' });
      const stopping = shutdown({ log });
      const busy = setInterval(() => {}, 60_000);
      stopping.onStop('timer', () => clearInterval(busy));
      process.stdout.write('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });
    const said = text(child.stderr);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const lines = (await said)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map(({ msg }) => msg)).toEqual(['stopping', 'stopped']);
  });
});
