const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeCharacters = 10;

/** The smallest verification id of an instant: ids are ULIDs, whose first ten characters are ms since 1970. */
export function firstIdAt(ms: number): string {
  let time = '';
  for (
    let rest = Math.max(0, Math.floor(ms));
    time.length < timeCharacters;
    rest = Math.floor(rest / alphabet.length)
  )
    time = alphabet.charAt(rest % alphabet.length) + time;
  return `vrf_${time}`;
}
