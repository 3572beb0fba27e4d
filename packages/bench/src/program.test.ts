import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { runProgram } from './program.ts';

const printed = { out: '', err: '' };
const collect = (stream: 'stdout' | 'stderr', into: keyof typeof printed): void =>
  void jest.spyOn(process[stream], 'write').mockImplementation((text) => {
    printed[into] += String(text);
    return true;
  });
beforeEach(() => {
  Object.assign(printed, { out: '', err: '' });
  collect('stdout', 'out');
  collect('stderr', 'err');
});
afterEach(() => void jest.restoreAllMocks());

const program = (...args: string[]): Promise<number> =>
  runProgram(
    args,
    { usage: 'pnpm bench it', numbers: { count: [10, 1, 100] }, words: { backend: 'redis' } },
    async ({ numbers: { count }, words: { backend }, say }) => {
      say('working …');
      return { lines: [`${count} on ${backend}`], json: { count }, passed: count < 50 };
    },
  );

it('measures what it is told, by default what is usual, and fails when the promise is broken', async () => {
  expect(await program()).toBe(0);
  expect(await program('--count', '50', '--backend', 'postgres')).toBe(1);
  expect(printed).toEqual({ out: 'working …\n10 on redis\nworking …\n50 on postgres\n', err: '' });
});

it('ends with one line of JSON, people reading beside it', async () => {
  expect(await program('--json')).toBe(0);
  expect(printed).toEqual({ out: '{"count":10}\n', err: 'working …\n10 on redis\n' });
});

it.each([
  [['--count', '0'], '--count must be a whole number from 1 to 100\n'],
  [['--count', 'many'], '--count must be a whole number from 1 to 100\n'],
  [['--speed', '9'], "Unknown option '--speed'"],
])('refuses %j in a sentence', async (args, sentence) => {
  expect(await program(...args)).toBe(1);
  expect(printed.err).toContain(sentence);
  expect(printed.out).toBe('');
});

it('explains itself', async () => {
  expect(await program('--help')).toBe(0);
  expect(printed.err).toBe('pnpm bench it\n');
});
