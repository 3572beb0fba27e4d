import { seeded } from '../random.ts';
import { type PlayOptions, play } from './play.ts';
import { shrink } from './shrink.ts';
import { recording, replaying } from './tape.ts';

/** How many schedules went how. */
export interface Tallied {
  readonly schedules: number;
  readonly verifications: number;
  readonly calls: number;
  readonly crashes: number;
  /** Seeds of schedules that broke an invariant, with its name. */
  readonly broken: readonly { readonly seed: number; readonly name: string }[];
}

export interface Lot {
  /** Schedules have the seeds `first`, `first + step`, … */
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Stops early at this instant, ms since 1970. */
  readonly until: number;
}

/** Enough to know that something is wrong; every further one costs time. */
const enoughBroken = 5;

export async function playMany(
  { first, step, count, until }: Lot,
  progress: (schedules: number) => void = () => undefined,
): Promise<Tallied> {
  const broken: { seed: number; name: string }[] = [];
  const sum = { schedules: 0, verifications: 0, calls: 0, crashes: 0 };
  for (; sum.schedules < count && Date.now() < until && broken.length < enoughBroken; sum.schedules += 1) {
    const seed = first + sum.schedules * step;
    const played = await play(recording(seeded(seed)));
    sum.verifications += played.verifications;
    sum.calls += played.calls;
    sum.crashes += played.crashes;
    if (played.broken !== undefined) broken.push({ seed, name: played.broken });
    if (sum.schedules % 1_000 === 999) progress(sum.schedules + 1);
  }
  return { ...sum, broken };
}

/** The story of the shortest schedule found that breaks the same invariant as this seed's, a line per thing that happens. */
export async function shortestStory(
  { seed, name }: { readonly seed: number; readonly name: string },
  budgetMs: number,
  options: PlayOptions = {},
): Promise<readonly string[]> {
  const tape = recording(seeded(seed));
  await play(tape, options);
  const fails = async (choices: readonly number[]): Promise<boolean> =>
    (await play(replaying(choices), options)).broken === name;
  const shortest = await shrink(tape.taken, fails, budgetMs);
  const lines = [`seed ${seed}, ${tape.taken.length} choices, shortest found: ${JSON.stringify(shortest)}`];
  await play(replaying(shortest), { ...options, write: (line) => lines.push(line) });
  return lines;
}
