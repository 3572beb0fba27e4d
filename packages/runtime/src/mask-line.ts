/** Field names whose values never reach a log: codes, addresses, message texts and credentials. Lower case. */
const secretNames = [
  ...[
    'code',
    'otp',
    'pin',
    'to',
    'phone',
    'email',
    'mailbox',
    'address',
    'recipient',
    'recipient_id',
    'wa_id',
  ],
  ...[
    'subject',
    'text',
    'html',
    'body',
    'authorization',
    'cookie',
    'set-cookie',
    'credentials',
    'password',
    'pass',
  ],
  ...['secret', 'token', 'access_token', 'accesstoken', 'auth_token', 'authtoken', 'app_secret', 'appsecret'],
  ...['api_key', 'apikey', 'otp_keys', 'otp_pepper', 'database_url', 'redis_url'],
];
const secretName = new Set(secretNames);
const anyName = secretNames.join('|');

const namedField = new RegExp(`"(?:${anyName})":`, 'i');
/** JSON inside a string of the line, where every quote is escaped: `{\"code\":\"123456\"}`. */
const namedInText = new RegExp(`(\\\\+"(?:${anyName})\\\\+"\\s*:\\s*(?:\\\\+")?)[^"\\\\,}\\s]+`, 'gi');
const namedInQuery = new RegExp(`([?&](?:${anyName})=)[^&"\\s#\\\\]+`, 'gi');

const phone = /(?:\+|%2b)\(?\d(?:[ ().-]{0,2}\d){6,}/gi;
/** The optional first group keeps a JSON escape such as `\n` whole when a mailbox follows it directly. */
const mailbox =
  /(\\u[0-9a-f]{4}|\\.)?[^\s"\\/<>()[\],;:=&?@]{1,64}(@|%40)([\p{L}\p{N}.-]+|\[[^\]\s"\\]+\])/giu;

/** Parents under which `code` is the name of a failure, not a code for a person. */
const failureParents = new Set(['err', 'error', 'errors', 'cause', 'failure']);

/**
 * Masks one JSON log line: values of secret names at any depth, and everything that looks like a phone number
 * (`+` and at least 7 digits) or a mailbox in any text. A line without any of them is returned as it came.
 */
export function maskLine(line: string): string {
  const named = namedField.test(line) ? `${JSON.stringify(redact(JSON.parse(line), ''))}\n` : line;
  return maskText(named);
}

/** The part of {@link maskLine} that needs no structure: works on any text. */
export function maskText(text: string): string {
  let masked = text;
  // A search for one character is several times cheaper than a regular expression that finds nothing.
  if (masked.includes('\\"')) masked = masked.replace(namedInText, '$1[redacted]');
  if (masked.includes('?')) masked = masked.replace(namedInQuery, '$1[redacted]');
  const encoded = masked.includes('%');
  if (encoded || masked.includes('+')) masked = masked.replace(phone, (number) => `+***${number.slice(-2)}`);
  if (encoded || masked.includes('@')) masked = masked.replace(mailbox, maskMailbox);
  return masked;
}

/** The domain stays, it explains failures; `pino@10.4.0` in a path is a version and no mailbox. */
const maskMailbox = (found: string, prefix: string | undefined, at: string, domain: string): string =>
  /^[\d.]+$/.test(domain) ? found : `${prefix ?? ''}***${at}${domain}`;

function redact(value: unknown, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => redact(item, parent));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    isSecret(key.toLowerCase(), parent) && inner !== null ? '[redacted]' : redact(inner, key),
  ]);
  return Object.fromEntries(entries);
}

const isSecret = (name: string, parent: string): boolean =>
  secretName.has(name) && !(name === 'code' && failureParents.has(parent));
