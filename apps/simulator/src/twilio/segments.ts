const gsm7 =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const gsm7Extension = '^{}\\[~]|€';
const single = new Set(gsm7);
const double = new Set(gsm7Extension);

/** How many SMS parts a text needs: GSM-7 160/153 septets, otherwise UCS-2 70/67 units. */
export function segmentCount(text: string): number {
  let septets = 0;
  for (const char of text) {
    if (!single.has(char) && !double.has(char)) {
      return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
    }
    septets += double.has(char) ? 2 : 1;
  }
  return septets <= 160 ? 1 : Math.ceil(septets / 153);
}
