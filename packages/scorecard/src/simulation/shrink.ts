/** The choices of the shortest schedule found that still fails, looking for at most `budgetMs`. */
export async function shrink(
  choices: readonly number[],
  fails: (choices: readonly number[]) => Promise<boolean>,
  budgetMs: number,
): Promise<readonly number[]> {
  const giveUpAt = Date.now() + budgetMs;
  let best = choices;
  const better = async (candidate: readonly number[]): Promise<boolean> => {
    if (Date.now() > giveUpAt || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let before: readonly number[] = []; before !== best && Date.now() < giveUpAt; ) {
    before = best;
    for (let size = best.length >> 1; size >= 1; size >>= 1)
      for (let at = best.length - size; at >= 0; at -= size) {
        // Gone altogether, or quiet.
        const rest = best.slice(at + size);
        if (await better([...best.slice(0, at), ...rest])) continue;
        if (best.slice(at, at + size).some((c) => c !== 0))
          await better([...best.slice(0, at), ...Array<number>(size).fill(0), ...rest]);
      }
    for (const [at, choice] of best.entries())
      for (const less of [choice >> 1, choice - 1])
        if (less >= 0 && less < choice && (await better(best.with(at, less)))) break;
  }
  return best;
}
