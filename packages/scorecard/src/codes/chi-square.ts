/** How likely a fair source is to be at least as uneven as these counts; good to a few per cent from 9 classes on. */
export function fairness(counts: ArrayLike<number>): number {
  const classes = counts.length;
  let total = 0;
  for (let i = 0; i < classes; i += 1) total += counts[i] ?? 0;
  const expected = total / classes;
  let chi2 = 0;
  for (let i = 0; i < classes; i += 1) chi2 += ((counts[i] ?? 0) - expected) ** 2 / expected;
  return upperTail(chi2, classes - 1);
}

/** Wilson–Hilferty: the cube root of χ²/k is very nearly normal. */
function upperTail(chi2: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  return normalTail(((chi2 / degrees) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread));
}

/** Abramowitz and Stegun 26.2.17. */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? tail : 1 - tail;
}
