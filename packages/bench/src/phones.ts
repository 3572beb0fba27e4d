/** Numbers a carrier could have given out; 555 is left out because the simulator gives those a meaning. */
const perArea = 3_000_000;
let next = 0;

/** The next `count` numbers nobody had yet, E.164. */
export const newPhones = (count: number): string[] =>
  Array.from({ length: count }, () => {
    const n = next++;
    return `+1${212 + Math.floor(n / perArea)}${2_000_000 + (n % perArea)}`;
  });
