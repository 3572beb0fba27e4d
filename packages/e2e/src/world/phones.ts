/** Area codes that exist, so that every number made with them is possible. */
const areaCodes = [
  201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229,
  231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304,
  305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 334, 336, 337,
  339, 347, 351, 352, 360, 361,
] as const;

/**
 * A source of numbers nobody else in this world has: `+1AAA555MMTT`, where MM picks what WhatsApp does in the simulator
 * and TT what SMS does (`00` delivers; `/_sim/behaviours.md` lists the rest).
 */
export function phoneBook(): (whatsapp: string, sms?: string) => string {
  const used = new Map<string, number>();
  return (whatsapp, sms = '00') => {
    const key = `${whatsapp}${sms}`;
    const index = used.get(key) ?? 0;
    used.set(key, index + 1);
    const areaCode = areaCodes[index];
    if (areaCode === undefined) throw new RangeError(`no number is left for ${key}`);
    return `+1${areaCode}555${key}`;
  };
}
