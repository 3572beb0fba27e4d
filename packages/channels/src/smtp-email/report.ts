/** One recipient's part of a delivery report; names in lower case. */
export type ReportFields = Readonly<Record<string, string>>;

export interface DeliveryReport {
  /** About the whole message: Reporting-MTA, Original-Envelope-Id, Arrival-Date. */
  readonly message: ReportFields;
  readonly recipients: readonly ReportFields[];
}

/**
 * Reads the `message/delivery-status` part of a bounce (RFC 3464, multipart/report), undefined when the mail has none.
 * Linear in the size of the mail, and never throws.
 */
export function reportIn(mail: string): DeliveryReport | undefined {
  const [head, body] = splitHead(mail);
  const type = head['content-type'] ?? '';
  const boundary = /boundary="?([^";\s]{1,70})"?/i.exec(type)?.[1];
  if (!/^multipart\/report\b/i.test(type) || boundary === undefined) return undefined;
  for (const part of `\n${body}`.split(`\n--${boundary}`).slice(1)) {
    const [partHead, content] = splitHead(part.replace(/^[^\n]*\n/, ''));
    if (!/^message\/(global-)?delivery-status\b/i.test(partHead['content-type'] ?? '')) continue;
    const groups = decoded(content, partHead['content-transfer-encoding'])
      .split(/\n[ \t]*\n/)
      .map(fieldsIn)
      .filter((fields) => Object.keys(fields).length > 0);
    return { message: groups[0] ?? {}, recipients: groups.slice(1) };
  }
  return undefined;
}

function splitHead(text: string): [ReportFields, string] {
  const end = /\n[ \t]*\n/.exec(text);
  return end === null
    ? [fieldsIn(text), '']
    : [fieldsIn(text.slice(0, end.index)), text.slice(end.index + end[0].length)];
}

/** Header fields, folded lines joined; of a repeated field the first counts. */
function fieldsIn(block: string): ReportFields {
  const fields = new Map<string, string>();
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (/^[\w-]+$/.test(name) && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return Object.fromEntries(fields);
}

function decoded(content: string, encoding = ''): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return unified(Buffer.from(content, 'base64').toString('utf8'));
    case 'quoted-printable':
      return content
        .replace(/=[ \t]*\n/g, '')
        .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    default:
      return content;
  }
}

/** Bytes of a mail as text with `\n` line ends; Latin-1 keeps every byte, and what is read is ASCII. */
export const mailText = (rawBody: Uint8Array): string => unified(Buffer.from(rawBody).toString('latin1'));

const unified = (text: string): string => text.replace(/\r\n?/g, '\n');
