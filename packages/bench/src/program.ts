import { parseArgs } from 'node:util';
import { whole } from './options.ts';
import { openStage, type Stage } from './stage.ts';

/** What a program can be told: whole numbers with a default and bounds, and words. */
export interface Flags<N extends string, W extends string> {
  readonly usage: string;
  readonly numbers: Readonly<Record<N, readonly [usual: number, low: number, high: number]>>;
  readonly words?: Readonly<Record<W, string | undefined>>;
}

export interface Told<N extends string, W extends string> {
  readonly numbers: Readonly<Record<N, number>>;
  readonly words: Readonly<Record<W, string | undefined>>;
  /** For people: progress and results. */
  readonly say: (line: string) => void;
}

/** What a program found: for people, for programs, and whether it is what was promised. */
export interface Finding {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly passed: boolean;
}

/** Reads the flags, measures and prints; with `--json` people read stderr and stdout ends with one line. Resolves to the exit code. */
export async function runProgram<N extends string, W extends string = never>(
  args: readonly string[],
  { usage, numbers, words }: Flags<N, W>,
  measure: (told: Told<N, W>) => Promise<Finding>,
): Promise<number> {
  try {
    const given = read(args, [...Object.keys(numbers), ...Object.keys(words ?? {})]);
    if (given.help) {
      process.stderr.write(`${usage}\n`);
      return 0;
    }
    const say = (line: string): void =>
      void (given.json ? process.stderr : process.stdout).write(`${line}\n`);
    const bounds = Object.entries<readonly [number, number, number]>(numbers);
    const found = await measure({
      say,
      numbers: Object.fromEntries(
        bounds.map(([name, [usual, low, high]]) => [
          name,
          whole(name, String(given[name] ?? usual), low, high),
        ]),
      ) as Record<N, number>,
      words: { ...words, ...given } as unknown as Record<W, string | undefined>,
    });
    for (const line of found.lines) say(line);
    if (given.json) process.stdout.write(`${JSON.stringify(found.json)}\n`);
    return found.passed ? 0 : 1;
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  }
}

function read(
  args: readonly string[],
  names: readonly string[],
): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const options = { ...Object.fromEntries(names.map((name) => [name, text])), json: yes, help: yes };
  return { ...parseArgs({ args: [...args], options }).values };
}

/** Opens the servers for as long as `work` takes. */
export async function onStage<T>(
  options: Parameters<typeof openStage>[0],
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stage = await openStage(options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
