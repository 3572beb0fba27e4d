import { describe, expect, it } from '@jest/globals';
import { hubSignature } from './signature.ts';
import { escapeNonAscii, wireJson } from './wire-json.ts';

describe('hubSignature', () => {
  // From the public test suite of whatsapp-api-js: the HMAC is over the escaped bytes.
  const text =
    "Let's pretend this body is equal to the message object and can handle unicode characters like みどりいろ and J'ai mangé des pâtes";
  const header = 'sha256=0363007aabdf1ab579f35936651a460fb5fa1aaf40df98b1264446b72cc96688';

  it('signs the wire bytes, in which non-ASCII is escaped', () => {
    expect(hubSignature('YOUR_APP_SECRET', escapeNonAscii(text))).toBe(header);
  });

  it('is another one over the unescaped text', () => {
    expect(hubSignature('YOUR_APP_SECRET', text)).not.toBe(header);
  });
});

describe('wireJson', () => {
  it('escapes in lower-case hex, surrogates one by one, and stays the same value', () => {
    const value = { name: 'Zoë Ünal 👍' };
    expect(wireJson(value)).toBe('{"name":"Zo\\u00eb \\u00dcnal \\ud83d\\udc4d"}');
    expect(JSON.parse(wireJson(value))).toEqual(value);
  });
});
