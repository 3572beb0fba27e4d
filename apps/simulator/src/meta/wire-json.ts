/**
 * JSON as Meta puts it on the wire: every non-ASCII UTF-16 unit escaped as `\uXXXX`, lower-case hex.
 * The webhook signature is computed over exactly these bytes.
 */
export function wireJson(value: unknown): string {
  return escapeNonAscii(JSON.stringify(value));
}

export function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
