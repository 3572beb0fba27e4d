import { describe, expect, it } from '@jest/globals';
import { twilioSignature } from './signature.ts';

// From the public test suite of twilio-node.
const page = 'https://mycompany.com/myapp.php';
const withBodyHash = 'bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
const vectors: { url: string; params: Record<string, string>; header: string }[] = [
  {
    url: `${page}?foo=1&bar=2`,
    params: {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    },
    header: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  },
  { url: `${page}?foo=1&bar=2&${withBodyHash}`, params: {}, header: 'a9nBmqA0ju/hNViExpshrM61xv4=' },
  {
    url: 'https://mycompany.com:443/myapp.php?foo=1&bar=2&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    params: {},
    header: 'Ldidvp12m26NI7eqEvxnEpkd9Hc=',
  },
  { url: `${page}?${withBodyHash}`, params: {}, header: 'y77kIzt2vzLz71DgmJGsen2scGs=' },
];

describe('twilioSignature', () => {
  it.each(vectors)('signs $url as Twilio does', ({ url, params, header }) => {
    expect(twilioSignature('12345', url, params)).toBe(header);
  });
});
