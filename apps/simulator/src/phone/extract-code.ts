/** Finds the one-time code a person (or their phone's autofill) would read out of a text; null if none. */
export function extractCode(text: string): string | null {
  return originBound(text) ?? digits(text) ?? mixed(text);
}

/** WICG sms-one-time-codes: a last line `@host #code`. */
function originBound(text: string): string | null {
  return /(?:^|\n)@\S+ #(\S+)[^\n]*\s*$/.exec(text)?.[1] ?? null;
}

/** 4 to 10 digits standing alone, possibly split once in the middle (`123 456`, `123-456`). */
function digits(text: string): string | null {
  const found = /(?<![\d+.,:/-])(\d{3,5}[ -]\d{3,5}|\d{4,10})(?![\d/-]|[.,:]\d)/.exec(text)?.[1];
  return found?.replace(/[ -]/, '') ?? null;
}

/** Letters and digits in one upper-case word, as in `7KX2PQ`. */
function mixed(text: string): string | null {
  return /\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z\d]{4,10}\b/.exec(text)?.[0] ?? null;
}
