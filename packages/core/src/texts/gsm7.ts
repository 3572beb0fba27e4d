// GSM 03.38 default alphabet and its extension table (each extension character costs two septets).
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension = '\f^{}\\[~]|€';
const septets = new Map([
  ...[...basic].map((character): [string, number] => [character, 1]),
  ...[...extension].map((character): [string, number] => [character, 2]),
]);

/** Letters that lose more than a mark when reduced to the GSM alphabet. */
const lookalikes: Readonly<Record<string, string>> = {
  ı: 'i',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  þ: 'th',
  œ: 'oe',
  Œ: 'OE',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
};

/** How a text travels: 160 septets or 70 UTF-16 units in one segment, 153 or 67 in each of several. */
export interface SmsSize {
  readonly encoding: 'gsm7' | 'ucs2';
  readonly units: number;
  readonly segments: number;
}

export function smsSizeOf(text: string): SmsSize {
  let units = 0;
  for (const character of text) {
    const cost = septets.get(character);
    if (cost === undefined)
      return { encoding: 'ucs2', units: text.length, segments: segmentsOf(text.length, 70, 67) };
    units += cost;
  }
  return { encoding: 'gsm7', units, segments: segmentsOf(units, 160, 153) };
}

const segmentsOf = (units: number, single: number, part: number): number =>
  units <= single ? 1 : Math.ceil(units / part);

/** The text in the GSM alphabet, marks dropped where it lacks them (`código` → `codigo`); unchanged when that cannot be done. */
export function toGsm7(text: string): string {
  const folded = [...text]
    .map((c) => (septets.has(c) ? c : (lookalikes[c] ?? c.normalize('NFD').replace(/\p{M}/gu, ''))))
    .join('');
  return smsSizeOf(folded).encoding === 'gsm7' ? folded : text;
}
