/** Numbers a carrier could have given out, none twice; 555 is left out because the simulator gives those a meaning. */
export function phones(): () => string {
  let next = 0;
  return () => {
    const n = next++;
    return `+1${212 + Math.floor(n / 3_000_000)}${2_000_000 + (n % 3_000_000)}`;
  };
}
