const longest = 200;

/**
 * A provider's words without addresses and codes: mailboxes, runs of four or more digits (also when grouped, like
 * `+1 (415) 555-2671`), token-like runs and the given secrets are replaced. At most 200 characters.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text;
  for (const secret of secrets) if (secret !== '') safe = safe.replaceAll(secret, '[…]');
  return safe
    .slice(0, 4 * longest)
    .replace(/[^\s<>"(),;:@]{1,64}@[^\s<>"(),;:@]{1,255}/g, '[mailbox]')
    .replace(/[A-Za-z0-9]{32,}/g, '[token]')
    .replace(/\d(?:[\s().-]{0,3}\d){3,}/g, '[number]')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, longest);
}
